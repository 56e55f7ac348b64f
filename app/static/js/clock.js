// The deadline of a reading: how many working days the chosen day leaves, and which holidays lie in between.
(() => {
  "use strict";
  // The script comes with each field for a deadline; the first one serves them all.
  if (window.daysCounted) return;
  window.daysCounted = true;
  const DAY = 86400000; // ms
  const FARTHEST = 366; // days that a reading may last
  const shown = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long", timeZone: "UTC" });

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("input[data-holidays]")) field.form.querySelector("[data-span]").textContent = told(field);
  });

  function told(field) {
    const holidays = new Map(field.dataset.holidays.split(";").map((each) => [Date.parse(each.slice(0, 10)), each.slice(11)]));
    const start = Date.parse(field.dataset.from);
    const end = field.valueAsNumber;
    if (!(end > start && end - start <= FARTHEST * DAY)) return "";
    const met = [];
    let count = 0;
    let free = false;
    for (let day = start + DAY; day <= end; day += DAY) {
      const weekend = [0, 6].includes(new Date(day).getUTCDay());
      free = weekend || holidays.has(day);
      if (!free) count += 1;
      else if (!weekend) met.push(`${holidays.get(day)} (le ${shown.format(day)})`);
    }
    const many = count > 1 ? "s" : "";
    const between = met.length ? ` ; ${met.length > 1 ? "fériés" : "férié"} d’ici là : ${met.join(", ")}` : "";
    return `${free ? "Ce jour n’est pas ouvrable : choisissez-en un autre. " : ""}Dans ${count} jour${many} ouvrable${many}${between}.`;
  }
})();
