// Fingers on the canvas: one moves it, two zoom. bpmn-js itself knows the mouse and the wheel.
interface Canvas {
  scroll(by: { dx: number; dy: number }): void;
  zoom(): number;
  zoom(to: number, at?: { x: number; y: number }): number;
}

export function panByTouch(area: HTMLElement, canvas: Canvas): void {
  const fingers = new Map<number, PointerEvent>();
  const spread = (): number => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  };
  const isCanvas = (target: EventTarget | null): boolean => target instanceof Element && target.closest("svg[data-element-id], .djs-container > svg") !== null;
  const gone = (event: PointerEvent): void => void fingers.delete(event.pointerId);
  area.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" && isCanvas(event.target)) fingers.set(event.pointerId, event);
  });
  area.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const was = fingers.size === 2 ? spread() : 0;
    fingers.set(event.pointerId, event);
    if (fingers.size === 1) canvas.scroll({ dx: event.clientX - before.clientX, dy: event.clientY - before.clientY });
    if (fingers.size !== 2 || was === 0) return;
    const box = area.getBoundingClientRect();
    const [a, b] = [...fingers.values()];
    const middle = { x: (a.clientX + b.clientX) / 2 - box.left, y: (a.clientY + b.clientY) / 2 - box.top };
    canvas.zoom(Math.min(4, Math.max(0.1, (canvas.zoom() * spread()) / was)), middle);
  });
  area.addEventListener("pointerup", gone);
  area.addEventListener("pointercancel", gone);
}
