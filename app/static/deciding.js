/* Choosing a reason fills in the words the contract starts it with, where the reviewer has typed nothing else. */
(() => {
  "use strict";
  const given = document.getElementById("reason-words");
  if (!given) return;
  const words = JSON.parse(given.dataset.words);
  const filled = new Map();
  document.addEventListener("change", (event) => {
    const line = event.target.name?.endsWith(".reason") && event.target.name.slice(0, -".reason".length);
    if (!line) return;
    const starts = words[event.target.value] ?? {};
    for (const part of ["criterion", "change"]) {
      const field = event.target.form.elements[`${line}.${part}`];
      if (!field || (field.value && field.value !== filled.get(field.name))) continue;
      field.value = starts[part] ?? "";
      filled.set(field.name, field.value);
      if (field.value) field.closest("details").open = true;
    }
  });
})();
