/** A file as OpenAI's API describes it. */
export interface StoredFile {
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly createdAt: number;
  readonly content: Buffer;
}

/** The files of OpenAI's API: uploads, and what batches write. */
export class FileStore {
  readonly #files = new Map<string, StoredFile>();
  #count = 0;

  add({ filename, purpose, content }: Pick<StoredFile, 'filename' | 'purpose' | 'content'>): StoredFile {
    const id = `file-fake${String(++this.#count).padStart(6, '0')}`;
    const file = { id, filename, purpose, content, createdAt: Math.floor(Date.now() / 1000) };
    this.#files.set(id, file);
    return file;
  }

  get(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  delete(id: string): boolean {
    return this.#files.delete(id);
  }

  /** The newest first. */
  list(): StoredFile[] {
    return [...this.#files.values()].reverse();
  }
}

/** A file in the words of the API. */
export function describeFile({ id, filename, purpose, createdAt, content }: StoredFile) {
  return {
    id,
    object: 'file',
    bytes: content.length,
    created_at: createdAt,
    expires_at: null,
    filename,
    purpose,
    status: 'processed',
    status_details: null,
  };
}

/** Reads the file and the fields of an upload; undefined when it is none. */
export async function readUpload(
  body: Buffer,
  contentType: string,
): Promise<Omit<StoredFile, 'id' | 'createdAt'> | undefined> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': contentType } }).formData();
    const file = form.get('file');
    const purpose = form.get('purpose');
    if (file === null || typeof file === 'string' || typeof purpose !== 'string') return undefined;
    return { filename: file.name, purpose, content: Buffer.from(await file.arrayBuffer()) };
  } catch {
    return undefined;
  }
}
