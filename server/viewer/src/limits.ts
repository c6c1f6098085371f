// Every bound and interval of the agent's page, in one place.

export const LIMITS = {
  /** A decompressed frame above this is refused; far above the largest real page. */
  frame_bytes_max: 64 * 1024 * 1024,
  /** Events the player holds; older ones were applied long ago and are dropped. */
  held_events_max: 2_000,
  /** Events waiting while the tab is in the background; above it the picture is asked for anew. */
  pending_events_max: 5_000,
  /** Pictures that may load at once for the page's canvases. */
  canvas_pictures_max: 32,
  rebuilds_per_minute: 5,
  ping_every_ms: 2_500,
  watch_every_ms: 500,
  /** For the answer to a ping: so long at first, twice as long after each loss by it, up to the longest. */
  answer_first_ms: 3_500,
  answer_max_ms: 28_000,
  /** For a ticket, and then for a socket's first word: likewise. */
  connect_first_ms: 2_500,
  connect_max_ms: 10_000,
  request_max_ms: 15_000,
  /** A change of page takes the customer away for a moment, which is not worth a word. */
  away_after_ms: 1_500,
  /** Nor is a connection that is back so soon, or a picture that is, or, for a listener, a state that ends. */
  blip_ms: 1_000,
  catch_up_after_ms: 400,
  announce_after_ms: 700,
  /** After a good connection the next try comes at once: within this time, so that not all agents come in one instant. */
  retry_soon_ms: 300,
  retry_first_ms: 300,
  retry_max_ms: 8_000,
  retry_after_flood_ms: 10_000,
  /** A server's own word on when to come again is believed up to this. */
  retry_after_max_ms: 60_000,
  /** A connection that held so long was a good one; so much less where the server itself sent us on. */
  stable_ms: 10_000,
  stable_before_moving_ms: 1_000,
  /** How long a new picture may wait for its style sheets before it is shown as it is. */
  styles_wait_ms: 600,
  stall_check_ms: 1_000,
  stalled_checks: 3,
  /** A token of the page around this one is renewed so long before it runs out, and its answer waited for so long. */
  token_margin_ms: 30_000,
  token_wait_ms: 10_000,
  poll_every_ms: 4_000,
  /** Lines of a session's log; older ones go. */
  log_entries_max: 300,
  /** Pages, and people, that a receipt names. */
  receipt_names_max: 100,
} as const;
