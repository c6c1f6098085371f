// Works out the day of arrival and tells the page around the frame which delivery was asked about.

const DAYS = { standard: 3, express: 1 };
const DAY_MS = 24 * 60 * 60 * 1000;

document.getElementById("delivery-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const { postcode, kind } = event.target.elements;
  const day = arrival(DAYS[kind.value]).toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
  document.getElementById("frame-said").textContent = `To ${postcode.value.toUpperCase()}: ${day}.`;
  window.parent.postMessage({ delivery: kind.value }, location.origin);
});

function arrival(working_days) {
  let day = new Date();
  while (working_days > 0) {
    day = new Date(day.getTime() + DAY_MS);
    if (day.getDay() % 6 !== 0) working_days -= 1;
  }
  return day;
}
