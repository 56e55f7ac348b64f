// Observing words of the document: a button beside those that are selected opens the form under them.
(() => {
  "use strict";
  const LONGEST = 1000; // letters of the words that go along in an address
  const button = document.querySelector("[data-observe-words]");

  document.addEventListener("selectionchange", show);
  button.addEventListener("click", observe);
  // Under a thumb the selection may be gone before the click.
  button.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    observe();
  });
  show();

  function show() {
    const words = chosen();
    button.hidden = !words;
    if (!words) return;
    const { top } = button.parentElement.getBoundingClientRect();
    button.style.top = `${words.range.getBoundingClientRect().bottom - top}px`;
  }

  /** The words selected, those in the first block where they run over several, and the link to the form of their part. */
  function chosen() {
    const selection = getSelection();
    if (selection.isCollapsed) return null;
    const range = selection.getRangeAt(0).cloneRange();
    const start = range.startContainer;
    const block = (start.closest ? start : start.parentElement).closest(".part > .items > li, .part > p, .part td, .part > :is(h2, h3, h4, h5)");
    const link = block && block.closest(".part").querySelector("[data-observe]");
    if (!link) return null;
    if (!block.contains(range.endContainer)) range.setEndAfter(block.lastChild);
    return range.toString().trim() ? { range, block, link } : null;
  }

  /** The words go along as they stand, without what is only proposed. */
  function observe() {
    const words = chosen();
    if (!words) return;
    const copy = words.range.cloneContents();
    for (const each of copy.querySelectorAll("ins, .hidden, .chip")) each.remove();
    const part = words.block.closest(".part");
    const above = [...part.children].find((each) => each.contains(words.block));
    above.after(part.querySelector(".observe"));
    htmx.ajax("GET", `${words.link.pathname}?${new URLSearchParams({ mots: copy.textContent.slice(0, LONGEST) })}`, { source: words.link });
    getSelection().removeAllRanges();
  }
})();
