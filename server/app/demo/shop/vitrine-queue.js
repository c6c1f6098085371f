// The queue form: `vitrine(...)` may be called before vitrine.js has arrived.
// In a file of its own because this shop allows no inline script.
window.vitrine =
  window.vitrine ||
  function () {
    (window.vitrine.q = window.vitrine.q || []).push(arguments);
  };
