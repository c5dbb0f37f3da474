/* What pages do beyond HTML; all but autosave and dropping files has an equal way without it. */
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const token = () => one('meta[name="csrf-token"]')?.content ?? "";
  const on = (name, selector, act) =>
    document.addEventListener(name, (event) => {
      const found = event.target.closest?.(selector);
      if (found) act(event, found);
    });

  /* one polite region; the last word wins */
  let speaking;
  const say = (text) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => { const region = one("#status"); if (region) region.textContent = text; }, 250);
  };
  document.addEventListener("say", (event) => say(event.detail));

  /* htmx: the form token goes with every request */
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers["X-CSRF-Token"] = token();
  });
  document.addEventListener("htmx:after:swap", () => {
    all("[data-announce]").forEach((told) => {
      if (told.dataset.said !== told.textContent) { told.dataset.said = told.textContent; say(told.textContent); }
    });
    const box = document.activeElement;
    if (box?.matches("[data-picker-box]")) one("[data-results]", box.closest("[data-picker]"))?.scrollIntoView({ block: "nearest" });
    upgrade();
  });

  /* code picker: arrows between the box and its hits */
  on("keydown", "[data-picker]", (event, picker) => {
    const box = one("[data-picker-box]", picker);
    const hits = all("[data-results] button", picker);
    const at = hits.indexOf(document.activeElement);
    const go = (target) => { event.preventDefault(); target?.focus(); };
    if (event.key === "ArrowDown" && (event.target === box || at >= 0)) go(hits[Math.min(at + 1, hits.length - 1)]);
    else if (event.key === "ArrowUp" && at >= 0) go(at === 0 ? box : hits[at - 1]);
    else if (event.key === "Home" && at >= 0) go(hits[0]);
    else if (event.key === "End" && at >= 0) go(hits[hits.length - 1]);
    else if (event.key === "Escape" && at >= 0) go(box);
    else if (event.key === "Enter" && event.target === box && hits.length === 1) { event.preventDefault(); hits[0].click(); }
  });

  /* order by dragging; the buttons do the same */
  let dragged = null;
  on("dragstart", "[data-reorder] li", (event, item) => { dragged = item; item.classList.add("is-dragging"); event.dataTransfer.effectAllowed = "move"; });
  on("dragend", "[data-reorder] li", () => { all(".is-over,.is-dragging").forEach((item) => item.classList.remove("is-over", "is-dragging")); dragged = null; });
  on("dragover", "[data-reorder] li", (event, item) => {
    if (!dragged || item.parentNode !== dragged.parentNode) return;
    event.preventDefault();
    all(".is-over").forEach((other) => other.classList.remove("is-over"));
    item.classList.add("is-over");
  });
  on("drop", "[data-reorder] li", (event, item) => {
    if (!dragged || item === dragged || item.parentNode !== dragged.parentNode) return;
    event.preventDefault();
    item.before(dragged);
    const form = item.closest("form");
    form.elements.order.value = all("li[data-id]", form).map((other) => other.dataset.id).join(",");
    form.requestSubmit();
  });

  /* files: each by itself, with progress; a failed one can be tried again */
  const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
  const sendFile = (form, file) => new Promise((done) => {
    const list = one("[data-progress]", form);
    const field = one('input[type="file"]', form).name;
    const bar = make("progress", "", "");
    const told = make("span", "c-files__meta", "");
    const line = make("li", "", "");
    bar.max = 100;
    bar.ariaLabel = file.name;
    line.append(make("span", "c-files__name c-grow", file.name), bar, told);
    list.hidden = false;
    list.append(line);
    const fail = (text, mayRetry = true) => {
      line.classList.add("is-bad");
      told.textContent = text;
      bar.remove();
      say(`${file.name}: ${text}`);
      done(false);
      if (!mayRetry) return;
      const retry = make("button", "c-button c-button--quiet c-button--small", "Try again");
      retry.type = "button";
      retry.addEventListener("click", () => { line.remove(); sendFile(form, file); });
      line.append(retry);
    };
    if (file.size > Number(form.dataset.max || Infinity)) { fail(form.dataset.tooLarge, false); return; }
    const body = new FormData(form);
    body.set(field, file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; });
    request.addEventListener("error", () => fail("The connection was lost."));
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      const target = document.getElementById(form.dataset.list);
      if (status >= 400 && status !== 422) { fail(status === 413 ? form.dataset.tooLarge : "The file was not saved."); return; }
      const refusal = status === 422 && one(".is-bad .c-files__meta", new DOMParser().parseFromString(responseText, "text/html"));
      if (refusal) { fail(refusal.textContent, false); return; }
      if (target) { target.innerHTML = responseText; window.htmx?.process(target); }
      line.remove();
      list.hidden = !list.children.length;
      if (status < 400) say(`${file.name} uploaded`);
      done(true);
    });
    request.send(body);
  });
  const sendAll = async (form, files) => {
    all("[data-progress] .is-bad", form).forEach((line) => line.remove());
    let kept = 0;
    for (const file of files) kept += await sendFile(form, file);
    one('input[type="file"]', form).value = "";
    if (kept === files.length && !document.getElementById(form.dataset.list)) location.reload();
  };
  on("submit", "[data-drop]", (event, form) => {
    const { files } = one('input[type="file"]', form);
    if (!files.length || !form.reportValidity()) return;
    event.preventDefault();
    sendAll(form, [...files]);
  });
  on("dragover", "[data-drop]", (event, form) => { event.preventDefault(); form.classList.add("is-over"); });
  on("dragleave", "[data-drop]", (event, form) => { if (!form.contains(event.relatedTarget)) form.classList.remove("is-over"); });
  on("drop", "[data-drop]", (event, form) => {
    event.preventDefault();
    form.classList.remove("is-over");
    if (form.reportValidity()) sendAll(form, [...event.dataTransfer.files]);
  });

  /* dialogs, menus */
  on("click", "[data-opens]", (_, button) => {
    const dialog = document.getElementById(button.dataset.opens);
    dialog?.showModal();
    one("h2", dialog)?.focus();
  });
  on("click", "[data-closes]", (_, button) => button.closest("dialog")?.close());
  on("click", "[data-print]", () => window.print());
  on("click", "[data-expand]", () => all(".c-section").forEach((section) => { section.open = true; }));
  document.addEventListener("click", (event) => {
    all(".c-drop[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all(".c-drop[open], .c-menu[open]").forEach((menu) => { menu.open = false; if (menu.contains(document.activeElement)) one("summary", menu).focus(); });
  });

  /* a date may be typed as digits only */
  on("change", '[data-date="us"]', (_, field) => {
    const digits = field.value.replace(/\D/g, "");
    if (digits.length === 8 && !/[^\d]/.test(field.value)) field.value = `${digits.slice(0, 2)}/${digits.slice(2, 4)}/${digits.slice(4)}`;
  });

  /* a link into a closed section opens it */
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    target.scrollIntoView({ block: "start" });
    const field = target.matches("input, select, textarea, button") ? target : one("input:not([type=hidden]), select, textarea", target);
    field?.focus({ preventScroll: target !== field });
  };
  addEventListener("hashchange", reveal);
  on("click", 'a[href^="#"]', (_, link) => { if (link.hash === location.hash && link.hash !== "#main") reveal(); });

  const upgrade = () => {
    all("dialog[data-dialog][open]").forEach((dialog) => { if (!dialog.matches(":modal")) dialog.close(); });
    all("[data-reorder] li[data-id]").forEach((item) => { item.draggable = true; });
  };
  if (matchMedia("(max-width: 75rem)").matches) all("details[data-narrow-closed]").forEach((panel) => { panel.open = false; });
  upgrade();
  /* a page for typing begins in its first empty field, a full step at its button; a touch screen would open its keyboard */
  const begin = () => {
    if (document.activeElement !== document.body || one("[autofocus]") || one(location.hash || ":not(*)") || !matchMedia("(pointer: fine)").matches) return;
    const isOpen = (field) => (field.type === "radio" ? !one(`[name="${field.name}"]:checked`) : !field.value) && field.checkVisibility?.();
    const fields = all("[data-begin] :is(input:not([type=hidden], [type=file], [type=checkbox], [readonly]), select, textarea)");
    (fields.find(isOpen) ?? one("[data-begin=step] .c-form-foot .c-button"))?.focus();
  };
  one("[data-focus]")?.focus();
  reveal();
  begin();
})();
