// Who reports, up to when each is complete, and who is out of contact. Pure.

const isCounty = (unit) => unit.type === "COUNTY" || unit.type === "PARK";

/** Milliseconds up to which everything the unit did is in the figures; null: nothing came yet. */
function completeTo(unit, contact, now) {
  if (!contact) return unit.complete_to;
  if (contact.backlog > 0) return unit.complete_to;
  if (contact.is_online) return now ?? unit.complete_to;
  return Math.max(contact.last_contact ?? 0, unit.complete_to ?? 0) || null;
}

function reporter(unit, contact, now) {
  const isLost = contact ? !contact.is_online : false;
  const since = contact?.last_contact ?? unit.complete_to;
  return {
    ...unit,
    isLost,
    to: completeTo(unit, contact, now),
    backlog: contact?.backlog ?? 0,
    lostFor: isLost && since && now ? Math.max(0, now - since) : null,
  };
}

/**
 * {counties, lost, whole, to}: the counties and parks; all units out of contact, the longest first; how many
 * counties are in contact; and the time to which those are complete. A replay knows no contacts.
 */
export function reporters(store) {
  const units = store.section("units") ?? [];
  const known = store.isReplay ? new Map() : store.contact.units;
  const all = units.map((unit) => reporter(unit, known.get(unit.unit), store.now));
  const counties = all.filter(isCounty);
  const lost = all.filter((unit) => unit.isLost).sort((a, b) => (b.lostFor ?? 0) - (a.lostFor ?? 0));
  const there = counties.filter((unit) => !unit.isLost);
  const times = there.map((unit) => unit.to).filter((time) => time !== null && time !== undefined);
  return { counties, lost, whole: there.length, to: times.length ? Math.min(...times) : null };
}

export const isLost = (store, unit) => !store.isReplay && store.contact.units.get(unit)?.is_online === false;

/** The unit's name without what every name repeats, for narrow places. */
export const shortName = (name) =>
  name.replace("经济技术开发区", "经开区").replace("高新技术产业开发区", "高新区").replace("经济开发区", "经开区");
