/* Buttons that copy a text of the page. Without scripts they stay hidden: the text can be selected. */
"use strict";
for (const button of document.querySelectorAll("button[data-copy]")) {
  const text = document.getElementById(button.dataset.copy), said = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(text.innerText.trim());
      done = true;
    } catch {
      /* on a site without https the browser lets us only select and copy */
      getSelection().selectAllChildren(text);
      done = document.execCommand("copy");
    }
    said.textContent = "";
    setTimeout(() => { said.textContent = done ? said.dataset.done : said.dataset.failed; }, 50);
  });
}
