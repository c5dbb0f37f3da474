/* Passkeys: asks for a challenge, lets the browser answer it, sends the form. Nothing secret stays here. */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = async (form) => {
    const token = form.querySelector("[name=csrf_token]").value;
    const answer = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRF-Token": token } });
    if (!answer.ok) throw new Error("refused");
    return answer.json();
  };

  const make = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known(options.excludeCredentials) };
    const made = await navigator.credentials.create({ publicKey });
    return { response: { attestationObject: text(made.response.attestationObject), clientDataJSON: text(made.response.clientDataJSON) }, made };
  };

  const use = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
    const made = await navigator.credentials.get({ publicKey });
    const { authenticatorData, clientDataJSON, signature, userHandle } = made.response;
    return { response: { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature), userHandle: userHandle ? text(userHandle) : null }, made };
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-passkey]");
    const field = form && form.querySelector("[name=credential]");
    if (!form || field.value) return;
    event.preventDefault();
    const fault = form.querySelector("[data-passkey-fault]");
    fault.hidden = true;
    try {
      const { response, made } = await (form.dataset.passkey === "create" ? make : use)(await ask(form));
      field.value = JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} });
      form.submit();
    } catch {
      fault.hidden = false;
    }
  });
})();
