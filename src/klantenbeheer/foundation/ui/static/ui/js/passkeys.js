// <form data-passkey="create|get" data-ask="address">: asks the server what to ask, the browser for the passkey, and sends
// the form with what it said. Loaded by the pages that have such a form.
const words = (form) => form.querySelector("[data-passkey-problem]");

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const listed = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

async function ask(form) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  const response = await fetch(form.dataset.ask, { method: "POST", headers });
  // The password has to be given once more: that page leads back to this one.
  if (response.redirected) location.assign(response.url);
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  const options = (await response.json()).publicKey;
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  options.excludeCredentials = listed(options.excludeCredentials);
  options.allowCredentials = listed(options.allowCredentials);
  return options;
}

function told(credential) {
  const said = credential.response;
  const response = { clientDataJSON: text(said.clientDataJSON) };
  if (said.attestationObject) response.attestationObject = text(said.attestationObject);
  else {
    response.authenticatorData = text(said.authenticatorData);
    response.signature = text(said.signature);
    if (said.userHandle) response.userHandle = text(said.userHandle);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function run(form) {
  words(form).hidden = true;
  try {
    const publicKey = await ask(form);
    const kind = form.dataset.passkey;
    const credential = await navigator.credentials[kind]({ publicKey });
    form.elements.answer.value = JSON.stringify(told(credential));
    form.submit();
  } catch {
    words(form).hidden = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  run(form);
});
// A browser without passkeys is not offered one.
if (!window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) form.hidden = true;
}
