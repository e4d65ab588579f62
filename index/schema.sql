CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Folders that are followed. A path of 'files' is the library's own folder of uploads. `only` lists relative paths
-- where single files were named; NULL follows the whole folder.
CREATE TABLE roots (name TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, only_paths TEXT, exclude TEXT NOT NULL DEFAULT '[]');

CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    root TEXT, path TEXT,                       -- NULL for documents that were added, not read from a folder
    source TEXT NOT NULL, title TEXT NOT NULL, date TEXT, kind TEXT NOT NULL, author TEXT,
    language TEXT,
    text TEXT NOT NULL, page_starts TEXT NOT NULL, notes TEXT NOT NULL,
    content_hash TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL
);
CREATE INDEX documents_root ON documents (root, path);
CREATE INDEX documents_content ON documents (content_hash);
CREATE INDEX documents_filters ON documents (source, date, id);  -- filters without the texts

-- Files that gave no document, with the reason; read again when they change.
CREATE TABLE skipped (
    root TEXT NOT NULL, path TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL,
    content_hash TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, PRIMARY KEY (root, path)
);

-- Documents that a person removed although their file is still there.
CREATE TABLE excluded (id TEXT PRIMARY KEY);

CREATE TABLE chunks (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    id TEXT NOT NULL UNIQUE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, page INTEGER,
    text TEXT NOT NULL,
    sentences BLOB NOT NULL,                    -- pairs of 32-bit offsets relative to the chunk's start
    embedding BLOB NOT NULL REFERENCES embeddings (hash)
);
CREATE INDEX chunks_document ON chunks (document, start);
CREATE INDEX chunks_embedding ON chunks (embedding);

-- Keyed by what was embedded, so that equal text is embedded once.
CREATE TABLE embeddings (
    hash BLOB PRIMARY KEY,
    vector BLOB NOT NULL,                       -- float16, unit length
    sentences BLOB NOT NULL                     -- int8, one row a sentence, unit length times 127
);

CREATE VIEW chunk_words AS
    SELECT chunks.number AS number, documents.title AS title, chunks.text AS text
    FROM chunks JOIN documents ON documents.number = chunks.document;
CREATE VIRTUAL TABLE words USING fts5 (
    title, text, content = 'chunk_words', content_rowid = 'number', tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE statements (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    speaker TEXT NOT NULL,                      -- as the document alone tells it
    identity TEXT NOT NULL,                     -- as the whole library tells it
    cue TEXT NOT NULL, manner TEXT NOT NULL, content TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, names TEXT NOT NULL, date TEXT, page INTEGER
);
CREATE INDEX statements_document ON statements (document, start);
CREATE INDEX statements_identity ON statements (identity);

-- Documents whose statements have not been found yet.
CREATE TABLE statements_due (document INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE);

-- Numbers of the chunks that came or went and that Chroma has not been told of yet; negative where one only moved.
CREATE TABLE vector_changes (sequence INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL);

-- JSON as the page keeps it: question, answer with its citations, the reader's verdict.
CREATE TABLE conversations (id TEXT PRIMARY KEY, changed TEXT NOT NULL, content TEXT NOT NULL);
