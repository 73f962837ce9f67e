// Everything here only helps: each page works with this file blocked.
(() => {
  "use strict";

  const NOT_SAVED = "Not saved. Check your connection and try again.";
  const NOT_LOADED = "Could not load. Check your connection and try again.";
  const OUR_FAULT = "Not saved. The portal had a problem; what you typed is still here. Try again.";

  // --- A request that did not get through is always said aloud ---
  let banner = null;

  function hideBanner() {
    banner?.remove();
    banner = null;
  }

  function showBanner(text, retry) {
    hideBanner();
    banner = document.createElement("div");
    banner.className = "sync-banner";
    banner.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = text;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button button--small";
    again.textContent = "Try again";
    again.addEventListener("click", () => {
      hideBanner();
      retry();
    });
    banner.append(words, again);
    document.body.append(banner);
  }

  function failed(event) {
    const { elt, requestConfig, xhr } = event.detail;
    const reading = requestConfig?.verb === "get";
    const fault = xhr?.status >= 500 ? OUR_FAULT : NOT_SAVED;
    const trigger = requestConfig?.triggeringEvent?.type ?? "change";
    showBanner(reading ? NOT_LOADED : fault, () => window.htmx.trigger(elt, trigger));
  }

  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, failed);
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.shouldSwap && event.detail.xhr.status >= 500) failed(event);
  });

  // --- A button with an address of its own leads to another page: htmx keeps out of it ---
  document.addEventListener(
    "submit",
    (event) => {
      if (event.submitter?.hasAttribute("formaction")) event.stopPropagation();
    },
    true,
  );

  // --- Signing in again, in another tab, gives out a new form token: take it over and send once more ---
  const sentAgain = new WeakSet();

  const authorOf = (page) => page.querySelector("[name=typed_by]")?.value;

  // Not for somebody else: what is typed here would be stored in their name.
  async function takeOverToken() {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token || authorOf(page) !== authorOf(document)) return false;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    document.body.dataset.hxHeaders = JSON.stringify({ "X-CSRFToken": token });
    return true;
  }

  document.addEventListener("htmx:responseError", async (event) => {
    const { elt, requestConfig, xhr } = event.detail;
    if (xhr.status !== 403 || requestConfig.verb === "get" || sentAgain.has(elt)) return;
    sentAgain.add(elt);
    if (!(await takeOverToken())) return;
    window.htmx.trigger(elt, requestConfig.triggeringEvent?.type ?? "change");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) sentAgain.delete(event.detail.elt);
  });

  // --- Leaving with text that is not saved: each question by itself, or the whole form where it has none ---
  const unsaved = new Set();
  const sending = new Set();

  const partOf = (element) => element.closest?.("form[data-warn-unsaved] .question, form[data-warn-unsaved]");

  for (const wrong of document.querySelectorAll(".field--invalid")) if (partOf(wrong)) unsaved.add(partOf(wrong));
  document.addEventListener("input", (event) => {
    const part = partOf(event.target);
    if (part) unsaved.add(part);
  });
  document.addEventListener("submit", (event) => {
    for (const part of unsaved) if (event.target.contains(part)) unsaved.delete(part);
  });
  document.addEventListener("htmx:beforeSend", (event) => {
    const part = partOf(event.detail.elt);
    if (unsaved.delete(part)) sending.add(part);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const part = partOf(event.detail.elt);
    if (sending.delete(part) && !event.detail.successful) unsaved.add(part);
    if (!event.detail.successful) return;
    hideBanner();
    document.getElementById("notices")?.replaceChildren();
  });
  window.addEventListener("beforeunload", (event) => {
    for (const part of [...unsaved, ...sending]) if (part.isConnected) return event.preventDefault();
  });

  // --- A refused answer is marked until it is taken ---
  function mark(question, wrong) {
    question.classList.toggle("question--refused", wrong);
    for (const input of question.querySelectorAll("[name^='q-']")) {
      if (wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    if (wrong) return;
    for (const field of question.querySelectorAll(".field--invalid")) field.classList.remove("field--invalid");
    for (const error of question.querySelectorAll(".field__error")) error.remove();
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, successful, xhr } = event.detail;
    const question = elt.closest(".question");
    if (question && (successful || xhr?.status === 422)) mark(question, !successful);
  });

  // --- "None of these" and "I don't know" stand alone: the last one given counts ---
  document.addEventListener("input", (event) => {
    const given = event.target;
    const question = given.closest?.(".question:has([data-alone])");
    if (!question || (given.type === "checkbox" ? !given.checked : !given.value)) return;
    for (const other of question.querySelectorAll("[name^='q-'], [name^='u-']")) {
      if (other === given || !(given.matches("[data-alone]") || other.matches("[data-alone]"))) continue;
      if (other.type === "checkbox") other.checked = false;
      else other.value = "";
    }
  });

  // --- Two answers to choose from: nothing is sent until one is chosen, and then the focus goes back to the field ---
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches(".question:has([name^='mine-'])")) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const button = event.detail.requestConfig?.elt;
    if (button?.dataset.thenFocus) document.getElementsByName(button.dataset.thenFocus)[0]?.focus();
  });

  // --- Keys for queues: j and k move, Enter opens the focused link ---
  function move(table, step) {
    const rows = [...table.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a"));
    const at = rows.findIndex((row) => row.classList.contains("is-current"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
    rows[at]?.classList.remove("is-current");
    next?.classList.add("is-current");
    next?.querySelector("a").focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null);
    const table = document.querySelector("table[data-queue]");
    const typing = event.target.matches?.("input, select, textarea, [contenteditable]");
    if (!table || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") move(table, 1);
    if (event.key === "k") move(table, -1);
  });

  // --- Menus close when one looks elsewhere; dialogs open by button ---
  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    event.target.closest("[data-close-dialog]")?.closest("dialog")?.close();
  });

  // --- Error summaries take the focus, on load and when swapped in ---
  function focusSummary(root) {
    root.querySelector?.("[data-focus-first]")?.focus();
  }

  document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.detail.target));
  focusSummary(document);
})();
