// What the shop keeps in the browser. Where the browser keeps nothing, it is kept until the page is left.

/** `area`: "localStorage" or "sessionStorage". */
export function keeper(area, key) {
  let kept = null;
  return {
    read: () => attempt(() => window[area].getItem(key)) ?? kept,
    write: (value) => {
      kept = value;
      attempt(() => window[area].setItem(key, value));
    },
    forget: () => {
      kept = null;
      attempt(() => window[area].removeItem(key));
    },
  };
}

function attempt(use) {
  try {
    return use();
  } catch {
    return null;
  }
}
