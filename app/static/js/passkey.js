// Passkeys: the page's question put to the browser, the answer into a hidden field, the form sent as any other.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const create = async (options) => {
    const user = { ...options.user, id: bytes(options.user.id) };
    const asked = { ...options, user, challenge: bytes(options.challenge), excludeCredentials: listed(options.excludeCredentials) };
    const { response, ...made } = whole(await navigator.credentials.create({ publicKey: asked }));
    return { ...made, response: { ...common(response), attestationObject: text(response.attestationObject) } };
  };

  const get = async (options) => {
    const asked = { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) };
    const { response, ...shown } = whole(await navigator.credentials.get({ publicKey: asked }));
    const user = response.userHandle ? { userHandle: text(response.userHandle) } : {};
    const proof = { authenticatorData: text(response.authenticatorData), signature: text(response.signature), ...user };
    return { ...shown, response: { ...common(response), ...proof } };
  };

  const whole = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: credential.response,
  });
  const common = (response) => ({ clientDataJSON: text(response.clientDataJSON) });

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    const button = form.querySelector("[data-passkey-button]");
    const error = form.querySelector("[data-passkey-error]");
    button.hidden = form.hidden = false;
    button.addEventListener("click", async () => {
      if (!form.reportValidity()) return;
      error.hidden = button.disabled = true;
      try {
        const ask = form.dataset.passkey === "create" ? create : get;
        form.elements.answer.value = JSON.stringify(await ask(JSON.parse(form.dataset.options)));
        form.requestSubmit();
      } catch {
        error.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
