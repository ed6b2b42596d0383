// The questions of docs/display.md: JSON over GET, and errors a reader can act on.

export class ApiError extends Error {
  constructor(status, { code, text, remedy } = {}) {
    super(text ?? `HTTP ${status}`);
    Object.assign(this, { status, code, remedy });
  }
}

export function address(path, params) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params ?? {}))
    if (value !== undefined && value !== null) query.set(key, value);
  const text = query.toString();
  return `api/v1/${path}${text ? `?${text}` : ""}`;
}

/** getJson("projects", {unit}) -> the object; throws ApiError, or what fetch threw. signal: to give up. */
export async function getJson(path, params, { signal } = {}) {
  const response = await fetch(address(path, params), { signal, headers: { Accept: "application/json" } });
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, body?.error);
  if (body === null) throw new ApiError(response.status);
  return body;
}

/** The as_of and known_at of what is on the glass, for questions a screen asks beside the frame. */
export function pictureOf(store) {
  if (!store.isReplay) return {};
  const { asOf, knownAt } = store.replay;
  return { as_of: asOf, known_at: knownAt };
}
