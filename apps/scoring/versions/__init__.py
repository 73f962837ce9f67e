"""From one version of a questionnaire to the next: answers carried over (`renames`), past sheets scored again."""
