/** Scans, as a machine would make them of pages that are known. */

import { LiteParse } from '@llamaindex/liteparse';
import { decode, encode } from 'fast-png';
import { strToU8, zlibSync } from 'fflate';

/** Grey pixels, 0 black to 255 white, row by row. */
export interface Scan {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** What a scanner does to a page. */
export interface Flaws {
  /** Degrees by which the page lies askew. @defaultValue `0` */
  readonly askew?: number;
  /** How far grains lie from the true brightness, at most. @defaultValue `0` */
  readonly noise?: number;
  /** Degrees clockwise by which the page was laid in the wrong way. @defaultValue `0` */
  readonly turned?: 0 | 90 | 180 | 270;
}

/** Scans a page, 1-based, of a PDF. */
export async function scan(pdf: Uint8Array, page: number, dpi: number): Promise<Scan> {
  const drawer = new LiteParse({ ocrEnabled: false, dpi, quiet: true, numWorkers: 1 });
  const [shot] = await drawer.screenshot(pdf, [page]);
  const { width, height, data, channels } = decode(shot?.imageBuffer ?? new Uint8Array());
  const pixels = Uint8Array.from({ length: width * height }, (_, at) => data[at * channels] ?? 0);
  return { width, height, pixels };
}

/** The scan with flaws. The grain is the same every time. */
export function spoil(clean: Scan, { askew = 0, noise = 0, turned = 0 }: Flaws): Scan {
  let spoilt = askew === 0 ? clean : tilt(clean, (askew * Math.PI) / 180);
  if (noise > 0) {
    spoilt = grain(spoilt, noise);
  }
  for (let angle = 0; angle < turned; angle += 90) {
    spoilt = turnRight(spoilt);
  }
  return spoilt;
}

function tilt({ width, height, pixels }: Scan, angle: number): Scan {
  const tilted = new Uint8Array(pixels.length).fill(255);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [right, down] = [x - width / 2, y - height / 2];
      const sourceX = cos * right + sin * down + width / 2;
      const sourceY = cos * down - sin * right + height / 2;
      const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
      if (left >= 0 && top >= 0 && left < width - 1 && top < height - 1) {
        const [shareX, shareY] = [sourceX - left, sourceY - top];
        const at = top * width + left;
        const pixel = (offset: number): number => pixels[at + offset] ?? 255;
        tilted[y * width + x] =
          (pixel(0) * (1 - shareX) + pixel(1) * shareX) * (1 - shareY) +
          (pixel(width) * (1 - shareX) + pixel(width + 1) * shareX) * shareY;
      }
    }
  }
  return { width, height, pixels: tilted };
}

function grain({ width, height, pixels }: Scan, noise: number): Scan {
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    return seed / 0x7f_ff_ff_ff;
  };
  const grained = pixels.map((pixel) => {
    const grey = pixel + (random() + random() - 1) * noise;
    return Math.max(0, Math.min(255, grey));
  });
  return { width, height, pixels: grained };
}

function turnRight({ width, height, pixels }: Scan): Scan {
  const turned = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      turned[x * height + (height - 1 - y)] = pixels[y * width + x] ?? 255;
    }
  }
  return { width: height, height: width, pixels: turned };
}

/** The scan as a PNG file. */
export function pngOf({ width, height, pixels }: Scan): Uint8Array {
  return encode({ width, height, data: pixels, channels: 1, depth: 8 });
}

/** Scans as pages of a TIFF file, uncompressed. */
export function tiffOf(scans: readonly Scan[]): Uint8Array {
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
  const parts = [header];
  let length = header.length;
  let link: readonly [Buffer, number] = [header, 4];
  for (const { width, height, pixels } of scans) {
    const tags = [
      [256, width],
      [257, height],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, length],
      [277, 1],
      [278, height],
      [279, pixels.length],
    ] as const;
    const directory = Buffer.alloc(2 + tags.length * 12 + 4);
    directory.writeUInt16LE(tags.length, 0);
    for (const [index, [tag, value]] of tags.entries()) {
      directory.writeUInt16LE(tag, 2 + index * 12);
      directory.writeUInt16LE(4, 4 + index * 12);
      directory.writeUInt32LE(1, 6 + index * 12);
      directory.writeUInt32LE(value, 10 + index * 12);
    }
    link[0].writeUInt32LE(length + pixels.length, link[1]);
    link = [directory, directory.length - 4];
    parts.push(Buffer.from(pixels), directory);
    length += pixels.length + directory.length;
  }
  return Buffer.concat(parts);
}

/** A scan as a BMP file of 24 bits, bottom row first. */
export function bmpOf({ width, height, pixels }: Scan): Uint8Array {
  const row = Math.ceil((width * 3) / 4) * 4;
  const file = Buffer.alloc(54 + row * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      file.fill(
        pixels[y * width + x] ?? 0,
        54 + (height - 1 - y) * row + x * 3,
        57 + (height - 1 - y) * row + x * 3,
      );
    }
  }
  return file;
}

/** A PDF of scanned pages whose pictures lie in form objects, as many scanners write them. */
export function pdfOf(scans: readonly Scan[]): Uint8Array {
  const paper = [612, 792] as const;
  const first = 3;
  const objects = [
    strToU8('<</Type/Catalog/Pages 2 0 R>>'),
    strToU8(
      `<</Type/Pages/Count ${scans.length}/Kids[${scans.map((_, at) => `${first + at * 4} 0 R`).join(' ')}]>>`,
    ),
    ...scans.flatMap(({ width, height, pixels }, at) => {
      const number = first + at * 4;
      const packed = zlibSync(pixels);
      return [
        strToU8(
          `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${paper.join(' ')}]/Resources<</XObject<</F ${number + 2} 0 R>>>>/Contents ${number + 1} 0 R>>`,
        ),
        streamOf('<<', strToU8('/F Do')),
        streamOf(
          `<</Type/XObject/Subtype/Form/BBox[0 0 ${paper.join(' ')}]/Resources<</XObject<</I ${number + 3} 0 R>>>>`,
          strToU8(`q ${paper[0]} 0 0 ${paper[1]} 0 0 cm /I Do Q`),
        ),
        streamOf(
          `<</Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode`,
          packed,
        ),
      ];
    }),
  ];
  const parts: Uint8Array[] = [strToU8('%PDF-1.4\n')];
  const size = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  const offsets = objects.map((object, at) => {
    const offset = size();
    parts.push(strToU8(`${at + 1} 0 obj\n`), object, strToU8('\nendobj\n'));
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const table = size();
  const count = objects.length + 1;
  parts.push(
    strToU8(
      `xref\n0 ${count}\n0000000000 65535 f \n${offsets.join('')}trailer\n<</Size ${count}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

function streamOf(dictionary: string, content: Uint8Array): Uint8Array {
  return Buffer.concat([
    strToU8(`${dictionary}/Length ${content.length}>>\nstream\n`),
    content,
    strToU8('\nendstream'),
  ]);
}
