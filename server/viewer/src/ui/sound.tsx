// A soft two-note sound for a new session, made here so that nothing has to be loaded. Can be switched off.
import { useState } from "preact/hooks";

const KEY = "vitrine.sound";
const NOTES_HZ = [523.25, 659.25];
const NOTE_S = 0.18;

function isOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function chime(): void {
  if (!isOn()) return;
  const audio = new AudioContext();
  // Without a click or key on this page so far the browser keeps it silent, and would keep it for ever.
  if (audio.state === "suspended") {
    void audio.close();
    return;
  }
  NOTES_HZ.forEach((frequency, index) => {
    const tone = new OscillatorNode(audio, { frequency, type: "sine" });
    const volume = new GainNode(audio, { gain: 0 });
    const start = audio.currentTime + index * NOTE_S;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.08, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_S * 2);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + NOTE_S * 2);
    if (index === NOTES_HZ.length - 1) tone.onended = () => void audio.close();
  });
}

export function SoundSwitch() {
  const [on, setOn] = useState(isOn);
  const change = (event: Event) => {
    const { checked } = event.currentTarget as HTMLInputElement;
    setOn(checked);
    try {
      localStorage.setItem(KEY, checked ? "on" : "off");
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  };
  return (
    <label class="switch">
      <input type="checkbox" checked={on} onChange={change} />
      Sound for new sessions
    </label>
  );
}
