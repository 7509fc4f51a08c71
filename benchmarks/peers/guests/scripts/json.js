// Two thousand records to JSON and back, four times.
function records() {
  const made = [];
  for (let i = 0; i < 2000; i++) {
    made.push({
      id: i, name: `sensor-${i}`, labels: ['indoor', 'wired', `floor-${i % 7}`], reading: i * 1.25, valid: i % 2 === 0,
      place: { x: i, y: -i, z: null },
    });
  }
  return made;
}

export default function (request) {
  let characters = 0;
  for (let run = 0; run < Number(request.query.runs); run++) {
    let kept = records();
    for (let turn = 0; turn < 4; turn++) {
      const text = JSON.stringify(kept);
      characters += text.length;
      kept = JSON.parse(text);
    }
    characters += kept[1999].place.y;
  }
  return `${characters}\n`;
}
