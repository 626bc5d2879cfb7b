import { answer, type Transact } from './database.js';

type Write = (action: string, place: (string | number)[], piece: Uint8Array<ArrayBuffer>) => Promise<void>;

/**
 * Writes pieces as Blobs, which are not copied through the database on the page's time, or as bytes where this browser cannot keep
 * Blobs: WebKit in a private window refuses them. The first piece of all shows which.
 */
export function pieceWriter(transact: Transact): Write {
  let keepsBlobs: boolean | undefined;

  return async (action, place, piece) => {
    const put = (value: Blob | Uint8Array): Promise<void> => transact('readwrite', action, (_, pieces) => void pieces.put(value, place));
    if (keepsBlobs !== false) {
      try {
        await put(new Blob([piece]));
        keepsBlobs ??= await canBeRead(transact, place, piece.length);
        if (keepsBlobs) return;
      } catch (error) {
        if (keepsBlobs === true || (error as { code?: unknown }).code === 'KEEPFIT_STORE_FULL') throw error;
      }
    }
    await put(piece.slice());
    keepsBlobs = false;
  };
}

async function canBeRead(transact: Transact, place: (string | number)[], length: number): Promise<boolean> {
  const found = await transact('readonly', 'read a Blob back', (_, pieces) => answer(pieces.get(place)));
  return (await (found as Blob).arrayBuffer()).byteLength === length;
}
