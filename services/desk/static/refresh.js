// Fetches the page anew every few seconds and puts it in place of the old one,
// keeping what the reader opened. Without this script the page reloads itself.
(() => {
  "use strict";
  const every = 5000;
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      const page = next.getElementById("page");
      for (const details of document.querySelectorAll("details[open]")) {
        const twin = page.querySelector("#" + CSS.escape(details.id));
        if (twin) twin.open = true;
      }
      if (getSelection().isCollapsed) document.getElementById("page").replaceWith(page);
      document.title = next.title;
      document.body.classList.remove("stale");
    } catch {
      document.body.classList.add("stale");
    }
  };
  setInterval(refresh, every);
  document.addEventListener("visibilitychange", refresh);
})();
