// Copies exactly the file: the theme would cut white space at the end. Where the browser gives no clipboard
// (a page that is neither https nor local), the theme's own way remains.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.(".exchange .md-code__button[data-md-type=copy]");
    if (!button || !navigator.clipboard) return;
    event.stopImmediatePropagation();
    const code = button.closest("pre").querySelector("code");
    navigator.clipboard.writeText(code.textContent).then(() => {
      button.classList.add("copied");
      button.title = "Copied";
      setTimeout(() => {
        button.classList.remove("copied");
        button.title = "Copy to clipboard";
      }, 2000);
    });
  },
  true,
);
