// A page that has moved leads to its new address, to the same place in it. It says where in its <link rel="canonical">.
location.replace(
  /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=canonical]")).href +
    location.search +
    location.hash,
);
