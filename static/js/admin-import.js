// Long work in admin: says that it runs and sends a form once. Without this file the pages work as well.
(() => {
  "use strict";

  function start(form) {
    if (form.dataset.sent) return false;
    form.dataset.sent = "yes";
    const line = document.createElement("p");
    line.setAttribute("role", "status");
    line.append(document.createElement("progress"), ` ${form.dataset.long}`);
    form.append(line);
    return true;
  }

  // Coming back with the browser's own button shows the page as it was left: it can be sent again.
  function reset(form) {
    delete form.dataset.sent;
    form.querySelector("[role=status]")?.remove();
  }

  for (const form of document.querySelectorAll("form[data-long]")) {
    form.addEventListener("submit", (event) => {
      if (!start(form)) event.preventDefault();
    });
    addEventListener("pageshow", () => reset(form));
  }
})();
