// Who is signed in, as the shop's own server vouches for it to the agent: asked for when sharing starts, and again while it lasts.

async function contactToken() {
  const answer = await fetch("/club/contact-token");
  return (await answer.json()).contactToken;
}

/** Call it on each page, and once more when somebody has signed in or out. */
export function vouch() {
  window.vitrine("authenticate", contactToken);
}
