/* Single keys for whoever wants them; none while somebody types, none with Ctrl or Alt, and all can be switched off. */
(() => {
  "use strict";
  const dialog = document.getElementById("keys");
  const box = document.getElementById("keys-on");
  if (!dialog || !box) return;
  const KEPT = "charter-keys";
  const isOff = () => { try { return localStorage.getItem(KEPT) === "off"; } catch { return false; } };
  box.checked = !isOff();
  box.addEventListener("change", () => { try { localStorage.setItem(KEPT, box.checked ? "on" : "off"); } catch { /* this page only */ } });
  const find = (selector) => {
    const found = document.querySelector(selector);
    for (let node = found; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    found?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || !box.checked) return;
    if (event.target.closest("input, select, textarea, dialog, [contenteditable]") || document.querySelector("dialog:modal")) return;
    const row = dialog.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!row) return;
    event.preventDefault();
    if (row.dataset.finds) find(row.dataset.finds);
    else if (row.href) row.click();
    else { dialog.showModal(); dialog.querySelector("h2").focus(); }
  });
})();
