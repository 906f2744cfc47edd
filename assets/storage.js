// Written into the head of every page, in front of the first script (_ext/delivery/blocked_storage.py). A browser that
// blocks all cookies lets localStorage and sessionStorage throw when they are named, or when they are used. The theme's
// scripts use these two instead, which then forget at the end of the page.
globalThis.slStorage = (() => {
  const kept = (name) => {
    const own = new Map();
    const attempt = (use, otherwise) => {
      try {
        return use(window[name]);
      } catch {
        return otherwise();
      }
    };
    return {
      getItem: (key) =>
        attempt(
          (storage) => storage.getItem(key),
          () => own.get(key) ?? null,
        ),
      setItem: (key, value) =>
        attempt(
          (storage) => storage.setItem(key, value),
          () => own.set(key, String(value)),
        ),
      removeItem: (key) =>
        attempt(
          (storage) => storage.removeItem(key),
          () => own.delete(key),
        ),
    };
  };
  return { local: kept("localStorage"), session: kept("sessionStorage") };
})();
