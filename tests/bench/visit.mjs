// Bytes over the wire of a first and a next visit, as Chromium counts them: node visit.mjs URL FIRST NEXT
import { chromium } from "../node_modules/playwright-core/index.mjs";

const [url, first, next] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const page = await (await browser.newContext({ viewport: { width: 360, height: 740 } })).newPage();
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  const visit = async (path) => {
    bytes = 0;
    await page.goto(url + path, { waitUntil: "networkidle" });
    return bytes;
  };
  console.log(JSON.stringify({ first: await visit(first), next: await visit(next) }));
} finally {
  await browser.close();
}
