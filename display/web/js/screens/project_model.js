// A project as the API tells it, made into what the screen draws. Pure: no node, no clock.
import { dayNumber } from "../format.js";

const ORDER = [
  "LEAD",
  "PLANNED",
  "NEGOTIATING",
  "INTENT_SIGNED",
  "FRAMEWORK_SIGNED",
  "CONTRACT_SIGNED",
  "REGISTERED",
  "PERFORMING",
  "LANDED",
  "LAND_ACQUIRED",
  "STARTED",
  "IN_LIBRARY",
  "COMPLETED",
  "PRODUCING",
  "ABOVE_SCALE",
  "FULL_CAPACITY",
  "SHELVED",
  "TERMINATED",
  "TRANSFERRED",
];

const isOf = (kind) => (entry) => entry.kind === kind;
const byPosition = (a, b) => a.position - b.position;

/** event_id -> the assertion that a correction put in its place. */
function successors(history) {
  const byId = new Map(history.map((entry) => [entry.event_id, entry]));
  const out = new Map();
  for (const { correction } of history.filter(isOf("CORRECTION"))) {
    if (correction?.successor && byId.has(correction.successor)) out.set(correction.target, byId.get(correction.successor));
  }
  return out;
}

const fact = (entry) => ({ day: entry.occurred_on, code: entry.unit, unit: entry.unit_name, body: entry.body, position: entry.position });

/** The days a milestone was said to have, each with what it was corrected from. */
function assertions(project, name) {
  const said = project.history.filter((entry) => entry.kind === "MILESTONE" && entry.milestone?.milestone === name);
  const counted = new Set((project.milestones ?? []).filter((row) => row.is_counted ?? row.counted ?? true).map((row) => row.position));
  const next = successors(project.history);
  const before = new Map();
  said
    .filter((entry) => entry.corrected_by && next.has(entry.event_id))
    .forEach((entry) => before.set(next.get(entry.event_id).event_id, entry));
  const isFolded = (entry) => entry.corrected_by && said.includes(next.get(entry.event_id));
  return said
    .filter((entry) => !isFolded(entry))
    .map((entry) => ({
      ...fact(entry),
      isCounted: counted.has(entry.position),
      isPartial: Boolean(entry.milestone.partial),
      isStruck: Boolean(entry.corrected_by),
      was: before.has(entry.event_id) ? before.get(entry.event_id).occurred_on : null,
    }))
    .sort((a, b) => Number(b.isCounted) - Number(a.isCounted) || a.day.localeCompare(b.day));
}

/** Days that are planned or due: PLAN events which name a milestone. */
function planned(project) {
  return project.history
    .filter((entry) => entry.kind === "PLAN" && !entry.corrected_by && ORDER.includes(entry.plan?.metric) && entry.plan.to)
    .map((entry) => ({ ...fact(entry), milestone: entry.plan.metric, day: entry.plan.to, isDue: true }));
}

/** Days between the first and the last that still hold, 0: they agree. */
export function spreadOf(rows) {
  const days = rows.filter((row) => !row.isStruck && !row.isDue && row.day).map((row) => dayNumber(row.day));
  return days.length < 2 ? 0 : Math.max(...days) - Math.min(...days);
}

/** [{milestone, rows: [{day, unit, body, isCounted, isStruck, isDue, was}], spread}] in the order of the road. */
export function milestonesOf(project) {
  const due = planned(project);
  return ORDER.map((milestone) => {
    const rows = [...assertions(project, milestone), ...due.filter((row) => row.milestone === milestone)];
    return { milestone, rows, spread: spreadOf(rows) };
  }).filter(({ rows }) => rows.length);
}

const MARKS_SHARE = 0.6; // the words stand right of their marks: the rest of the line is theirs

/** [from, to] of the days on the line, in day numbers. */
export function spanOf(milestones, asOf) {
  const days = milestones
    .flatMap(({ rows }) => rows.flatMap((row) => [row.day, row.was]))
    .filter(Boolean)
    .map(dayNumber);
  const today = dayNumber(asOf);
  const first = Math.min(today, ...days);
  const last = Math.max(today, ...days);
  const air = Math.max(3, Math.round((last - first) / 25));
  return [first - air, first - air + Math.ceil((last - first + 2 * air) / MARKS_SHARE)];
}

// ---- funds

const isReceived = (entry) => entry.kind === "FUNDS" && !entry.corrected_by && (!entry.funds.funds || entry.funds.funds === "RECEIVED");
const dayOfFunds = (entry) => entry.funds.period_to ?? entry.occurred_on;

/** What had arrived by which day, of events alone: cumulative ones replace, others add, each origin by itself. */
function foldedSteps(history) {
  const sums = new Map();
  const steps = [];
  for (const entry of history.filter(isReceived).sort((a, b) => dayOfFunds(a).localeCompare(dayOfFunds(b)) || byPosition(a, b))) {
    const { amount, basis, origin } = entry.funds;
    if (typeof amount?.yuan !== "number") continue;
    sums.set(origin, basis === "CUMULATIVE" ? amount.yuan : (sums.get(origin) ?? 0) + amount.yuan);
    steps.push({ day: dayOfFunds(entry), yuan: [...sums.values()].reduce((sum, one) => sum + one, 0) });
  }
  return steps;
}

/** {steps: [{day, yuan}], contract, plan, received}: yuan, null where not known. */
export function fundsOf(project) {
  const year = project.as_of?.slice(0, 4);
  const plans = project.history.filter(
    (entry) =>
      entry.kind === "PLAN" &&
      !entry.corrected_by &&
      entry.plan?.plan === "YEAR" &&
      (entry.plan.from ?? entry.occurred_on).startsWith(year),
  );
  const yuan = (wan) => (typeof wan === "number" ? wan * 10000 : null);
  const told = Array.isArray(project.funds)
    ? project.funds
        .filter((step) => typeof (step.total_yuan ?? step.yuan) === "number")
        .map((step) => ({ day: step.day, yuan: step.total_yuan ?? step.yuan }))
    : null;
  return {
    steps: told ?? foldedSteps(project.history),
    contract: yuan(project.planned_total_wan),
    received: yuan(project.received_wan),
    plan: plans.at(-1)?.plan.amount?.yuan ?? null,
  };
}

// ---- obstacles and people

function applyObstacle(known, entry) {
  const { action, obstacle_id: key, obstacle, owner, due, description, solution } = entry.obstacle;
  const old = known.get(key) ?? { kind: null, owner: null, due: null, since: entry.occurred_on, until: null, transfers: 0 };
  const closed = action === "CLOSED" ? entry.occurred_on : null;
  known.set(key, {
    ...old,
    kind: obstacle ?? old.kind,
    owner: owner ?? old.owner,
    due: due ?? old.due,
    description: description ?? old.description,
    solution: solution ?? old.solution,
    until: closed,
    state: action,
    transfers: old.transfers + (action === "TRANSFERRED" ? 1 : 0),
  });
}

/** As the server counts them; their words are in the history. */
function toldObstacle(told, known) {
  const said = known.get(told.id) ?? {};
  return {
    kind: said.kind ?? null,
    name: told.kind,
    owner: told.owner,
    due: told.due,
    since: told.raised,
    until: told.closed,
    days: told.days_open,
    isOverdue: told.is_overdue,
    description: said.description,
    solution: said.solution,
  };
}

/** Open ones first, the oldest first: {kind, name, owner, due, since, until, days, isOverdue, description, solution}. */
export function obstaclesOf(project) {
  const known = new Map();
  project.history
    .filter((entry) => entry.kind === "OBSTACLE" && !entry.corrected_by)
    .sort(byPosition)
    .forEach((entry) => applyObstacle(known, entry));
  const rows =
    project.obstacles?.map((told) => toldObstacle(told, known)) ??
    [...known.values()].map((one) => ({
      ...one,
      days: dayNumber(one.until ?? project.as_of) - dayNumber(one.since),
      isOverdue: !one.until && Boolean(one.due) && one.due < project.as_of,
    }));
  return rows.sort((a, b) => Number(Boolean(a.until)) - Number(Boolean(b.until)) || b.days - a.days);
}

/** The latest of each role that has not ended: {role, name (null: not for this scope), since}. */
export function peopleOf(project) {
  const known = new Map();
  for (const entry of project.history.filter((other) => other.kind === "ASSIGNMENT" && !other.corrected_by).sort(byPosition)) {
    const { role, name, from, to } = entry.assignment;
    if (to && to < project.as_of) known.delete(role);
    else known.set(role, { role, name: name ?? null, since: from ?? entry.occurred_on });
  }
  const first = ["SPONSOR_LEADER", "LEAD", "RESPONSIBLE_UNIT"];
  const rank = (role) => (first.includes(role) ? first.indexOf(role) : first.length);
  return [...known.values()].sort((a, b) => rank(a.role) - rank(b.role));
}
