// Asks the browser for a passkey when the form is sent, and sends what it gives. Without a script, or without passkeys, the page says so.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  /** What the server asks, with bytes where the browser wants them. */
  const asked = (part) => {
    const said = JSON.parse(part.dataset.options).publicKey;
    said.challenge = bytes(said.challenge);
    if (said.user) said.user.id = bytes(said.user.id);
    said.excludeCredentials = named(said.excludeCredentials);
    said.allowCredentials = named(said.allowCredentials);
    return said;
  };

  /** What the browser made, in letters. */
  const told = (made) => {
    const { response } = made;
    const answer = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) answer[name] = text(response[name]);
    }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response: answer, clientExtensionResults: {} });
  };

  const part = document.querySelector("[data-passkey]");
  const field = document.querySelector("[name=credential]");
  const form = field?.form;
  if (!part || !form) return;
  part.querySelector("[data-passkey-missing]").hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ([...form.querySelectorAll("input:not([type=hidden])")].some((one) => one.required && !one.value)) { form.reportValidity(); return; }
    try {
      const options = { publicKey: asked(part) };
      const made = part.dataset.passkey === "create" ? await navigator.credentials.create(options) : await navigator.credentials.get(options);
      field.value = told(made);
    } catch {
      field.value = "-";
    }
    form.submit();
  });
})();
