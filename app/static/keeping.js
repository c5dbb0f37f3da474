/* Keeps what is typed in [data-autosave]: one save at a time, soon after a pause and at the latest every 1.5 seconds;
   what was typed while an answer was under way is put back into what the answer redrew, and saved next. */
(() => {
  "use strict";
  const KEEPS = "[data-autosave]";
  const SOON = 900, AT_ONCE = 100, AT_MOST = 1500, RETRY = 3000, PATIENCE = 20000, LOOK = 30;
  const typed = new Map(); /* id of a keeper → Map(field → value) that no request has taken yet */
  const busy = new Set(); /* requests under way that may change the draft */
  let sent = null, timer = 0, since = 0, hurry = false, failed = false;

  const byId = (id) => document.getElementById(id);
  const keeperOf = (field) => field.closest?.(KEEPS) ?? (field.form?.matches(KEEPS) ? field.form : null);
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const keyOf = (field) => (isBox(field) ? `${field.name}\n${field.value}` : field.name);
  const valueOf = (field) => (isBox(field) ? field.checked : field.value);
  const isClear = () => !typed.size && !sent && !busy.size;
  const say = (text) => document.dispatchEvent(new CustomEvent("say", { detail: text }));
  const show = (state, text) => {
    const place = byId("save-status");
    if (!place || place.dataset.state === "conflict") return;
    place.dataset.state = state;
    place.textContent = text;
  };
  const saveIn = (pause) => {
    since ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(pause, since + AT_MOST - Date.now())));
  };

  /* a date or a number that is still being typed waits while the person types on */
  const isHalf = (field) => {
    const digits = field.value?.replace(/\D/g, "").length;
    if (!digits) return false;
    if (field.dataset.date) return !/(\/\d{4}|^\d{8})$/.test(field.value);
    return field.type === "tel" && digits < 10;
  };
  const held = () => {
    const field = document.activeElement;
    return !hurry && field && field.name && keeperOf(field) && Date.now() - since < 6000 && isHalf(field) ? field : null;
  };

  const note = (event, pause) => {
    const field = event.target;
    const keeper = field.name && field.type !== "file" ? keeperOf(field) : null;
    if (!keeper) return;
    const fields = typed.get(keeper.id) ?? typed.set(keeper.id, new Map()).get(keeper.id);
    fields.delete(keyOf(field));
    fields.set(keyOf(field), valueOf(field));
    if (!failed) show("saving", "Saving…");
    saveIn(pause);
  };
  document.addEventListener("input", (event) => note(event, SOON));
  document.addEventListener("change", (event) => note(event, AT_ONCE));

  function save() {
    clearTimeout(timer);
    if (sent || !typed.size) return;
    if (busy.size) { timer = setTimeout(save, LOOK); return; }
    const [[id, fields]] = typed;
    const keeper = byId(id);
    if (!keeper?.matches(KEEPS)) { typed.delete(id); save(); return; }
    const half = held();
    if (half && keeper === keeperOf(half) && fields.size === 1 && fields.has(keyOf(half))) { timer = setTimeout(save, SOON); return; }
    typed.delete(id);
    sent = { id, fields };
    since = 0;
    keeper.dispatchEvent(new Event("keep"));
  }
  const isSave = (ctx) => ctx?.sourceEvent?.type === "keep";
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const half = isSave(ctx) && held();
    if (!half || keeperOf(half) !== ctx.sourceElement) return;
    ctx.request.body.delete(half.name);
    typed.set(sent.id, new Map([[keyOf(half), half.value]]));
    sent.fields.delete(keyOf(half));
  });
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (!isSave(ctx) && ctx.request.method !== "GET" && !ctx.sourceElement.matches?.("[data-picker-box]")) busy.add(ctx);
  });

  /* put back what was typed since: only where the text differs, for assigning marks a field as typed in */
  document.addEventListener("htmx:after:swap", () => {
    for (const [id, fields] of typed) {
      const keeper = byId(id);
      for (const field of keeper?.elements ?? [keeper]) {
        if (!field?.name || !fields.has(keyOf(field))) continue;
        const value = fields.get(keyOf(field));
        if (valueOf(field) !== value) field[isBox(field) ? "checked" : "value"] = value;
      }
      if (!keeper?.matches(KEEPS)) typed.delete(id);
    }
    if (typed.size) show("saving", "Saving…");
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    busy.delete(ctx);
    if (!isSave(ctx)) return;
    const was = sent, status = ctx.response?.status;
    sent = null;
    if (status === 401) { typed.clear(); return; }
    failed = !status || (status >= 500) || status === 429;
    if (failed) {
      if (byId(was.id)) typed.set(was.id, new Map([...was.fields, ...(typed.get(was.id) ?? [])]));
      const text = status ? "Not saved yet. Trying again…" : "Not saved: no connection. Trying again…";
      show("failed", text);
      say(text);
      since = 0;
      clearTimeout(timer);
      timer = setTimeout(save, RETRY);
    } else if (status >= 400 && status !== 409 && status !== 422) {
      show("failed", "Not saved. Reload the page and try again.");
    } else if (typed.size) saveIn(AT_ONCE);
  });

  /* nobody leaves before what was typed is saved: buttons and links wait for it, a moment that is seldom seen */
  const whenClear = (go, stay) => {
    const start = Date.now();
    hurry = true;
    const look = () => {
      if (isClear()) { hurry = false; go(); return; }
      if (failed || Date.now() - start > PATIENCE) { hurry = false; stay(); return; }
      save();
      setTimeout(look, LOOK);
    };
    look();
  };
  const bring = (which) => { /* to what was not kept */
    const wrong = document.querySelector(KEEPS + which);
    for (let node = wrong; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    wrong?.focus();
    return wrong;
  };
  const waiting = new WeakSet();
  let passing = false, left = "";
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (isClear() && form.id === "form-submit" && bring(' [aria-invalid="true"]')) { 
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (passing || isClear() || form.method === "dialog") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting.has(form)) return;
    waiting.add(form);
    whenClear(() => {
      waiting.delete(form);
      const target = form.isConnected ? form : (form.id && byId(form.id)) || [...document.forms].find((other) => other.action === form.action);
      if (!target) return;
      let pressed = button;
      if (button && (!button.isConnected || button.form !== target)) {
        pressed = Object.assign(button.cloneNode(true), { hidden: true });
        pressed.removeAttribute("form");
        target.append(pressed);
      }
      passing = true;
      target.requestSubmit(pressed);
      passing = false;
    }, () => {
      waiting.delete(form);
      const text = "Not saved yet, so nothing was sent. Trying again…";
      show("failed", text);
      say(text);
    });
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (isClear() && !document.querySelector("[data-unkept]")) return;
    if (link.target || link.download || link.origin !== location.origin || (link.hash && link.pathname === location.pathname)) return;
    event.preventDefault();
    const go = () => {
      if (left === link.href || !bring(" [data-unkept]")) return location.assign(link.href);
      left = link.href;
      show("failed", "Not saved yet: correct it, or press again to leave.");
    };
    whenClear(go, go);
  }, true);
  addEventListener("beforeunload", (event) => { if (typed.size || sent) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  addEventListener("pagehide", () => {
    const [id] = typed.keys();
    const keeper = id && !sent && byId(id);
    if (!keeper) return;
    const body = new URLSearchParams(new FormData(keeper.form ?? keeper));
    fetch(keeper.getAttribute("hx-post"), { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
  });
})();
