document.querySelectorAll("table.sorts").forEach(function (table) {
  var body = table.tBodies[0];
  function key(row, column) {
    var cell = row.cells[column];
    return cell.hasAttribute("data-value") ? Number(cell.getAttribute("data-value")) : cell.textContent;
  }
  table.querySelectorAll("th[data-sort]").forEach(function (head, column, heads) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", function () {
      var rises = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach(function (other) { other.setAttribute("aria-sort", "none"); });
      head.setAttribute("aria-sort", rises ? "ascending" : "descending");
      Array.from(body.rows).sort(function (one, other) {
        var a = key(one, column), b = key(other, column);
        var order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
        return rises ? order : -order;
      }).forEach(function (row) { body.appendChild(row); });
    });
  });
});
