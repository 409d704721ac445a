import { escapeText } from "../../charts/escapeText";
import type { AlertMessage, Fact, MessageLink, MessagePicture } from "./alertMessage";

/** Colour of the bar at the top, by how bad it is; each has a contrast of 3 to 1 or more with both grounds. */
const barColors = { error: "#c62828", warning: "#b26a00", info: "#1565c0", over: "#2e7d32" } as const;

// mail readers that drop the style element show the inline styles, which are for a light ground
const dark =
  "@media(prefers-color-scheme:dark){.ground{background:#14181f!important}.card{background:#1c222c!important}" +
  ".card,.card td,.card h1{color:#e6e9ef!important}.card .soft{color:#a3abbd!important}.card a{color:#8cc4ff!important}" +
  ".card .line{border-color:#3a4252!important}.card .do{background:#232b37!important}}";
const narrow = "@media(max-width:480px){.ground{padding:0!important}.inner{padding:14px!important}}";

const font = "font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif";

/**
 * A message as an HTML mail: one column of tables with inline styles, which every mail reader shows, dark where the
 * reader is; nothing is loaded from outside. The picture is the attachment with the content id `pictureId`.
 */
export function mailHtml(message: AlertMessage, pictureId: string): string {
  const { title, heading, summary, alert, facts, whatToDo, links, picture, deliveryId } = message;
  const color = barColors[alert.status === "resolved" ? "over" : alert.severity];
  const body = [
    `<h1 style="margin:0 0 8px;font-size:19px;line-height:1.3;color:#1d2430">${escapeText(heading)}</h1>`,
    paragraph(summary),
    ...(picture ? [pictureBlock(picture, pictureId)] : []),
    factTable(facts),
    `<div class="do" style="margin:16px 0;padding:10px 14px;background:#f2f4f7;border-left:4px solid ${color}"><b>What to do</b><br>${escapeText(whatToDo)}</div>`,
    linkList(links),
    `<p class="soft" style="margin:18px 0 0;font-size:12px;color:#586074">Sent by Tidegate. Delivery ${escapeText(deliveryId)}</p>`,
  ];
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">' +
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">' +
    `<title>${escapeText(title)}</title><style>${dark}${narrow}</style></head>` +
    `<body class="ground" style="margin:0;padding:16px;background:#eef0f4;${font}">` +
    `<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;margin:0 auto;background:#ffffff;color:#1d2430;border-top:6px solid ${color};${font}">` +
    `<tr><td class="inner" style="padding:20px 24px;color:#1d2430">${body.join("")}</td></tr></table></body></html>\n`
  );
}

function paragraph(text: string): string {
  return `<p style="margin:0 0 12px;overflow-wrap:anywhere">${escapeText(text)}</p>`;
}

function factTable(facts: readonly Fact[]): string {
  const cell = "padding:5px 12px 5px 0;border-bottom:1px solid #d8dce4;vertical-align:top;text-align:left";
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td class="line soft" style="${cell};color:#586074;white-space:nowrap">${escapeText(name)}</td>` +
      `<td class="line" style="${cell};overflow-wrap:anywhere">${escapeText(value)}</td></tr>`,
  );
  return `<table cellpadding="0" cellspacing="0" width="100%" style="border-collapse:collapse;font-size:14px">${rows.join("")}</table>`;
}

function linkList(links: readonly MessageLink[]): string {
  const items = links.map(({ text, href }) => {
    if (!/^https?:/.test(href)) return `${escapeText(text)}: <code>${escapeText(href)}</code>`;
    return `<a href="${escapeText(href)}" style="color:#0b5cad">${escapeText(text)}</a>`;
  });
  return `<p style="margin:0;overflow-wrap:anywhere">${items.join("<br>")}</p>`;
}

/** The picture with its scale and legend as text: letters in a picture would be lost to readers and to zoom. */
function pictureBlock({ title, description, widthPx, scale, scaleAt, legend }: MessagePicture, id: string): string {
  const names = legend.map(
    ({ label, color }) => `<span style="color:${color}">&#9632;</span> ${escapeText(label)}&nbsp;&nbsp;`,
  );
  const marks = scale.map((text, at) => {
    const isInside = scaleAt === "middles" || (at > 0 && at < scale.length - 1);
    const align = isInside ? "center" : at === 0 ? "left" : "right";
    return `<td class="soft" align="${align}" valign="top" style="padding:2px;font-size:11px;line-height:1.3;overflow-wrap:anywhere;color:#586074">${escapeText(text)}</td>`;
  });
  return (
    `<div style="margin:0 0 14px"><div style="margin:0 0 4px;font-size:14px"><b>${escapeText(title)}</b></div><div style="margin:0 0 6px;font-size:13px">${names.join("")}</div>` +
    `<img src="cid:${id}" alt="${escapeText(description)}" width="${widthPx}" style="display:block;width:100%;max-width:${widthPx}px;height:auto;border:0">` +
    `<table role="presentation" cellpadding="0" cellspacing="0" width="100%" style="max-width:${widthPx}px;table-layout:fixed"><tr>${marks.join("")}</tr></table></div>`
  );
}
