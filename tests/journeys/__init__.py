# A package, unlike the other test folders: `whole_portal` lives exactly as long as the tests in here.
