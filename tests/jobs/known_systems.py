"""The five systems as others deployed them, and tables as the pgvector guides make them: SQL."""

# Layouts with faults and all; vectors of few dimensions keep the tests quick.
PLAYBOOK = """
CREATE SCHEMA coaching;
CREATE TABLE coaching.exercises (id uuid PRIMARY KEY, title varchar, description text,
  category varchar, question text, prompt_type varchar, is_active boolean,
  question_embedding vector(8));
CREATE TABLE coaching.exercise_responses (id uuid PRIMARY KEY, exercise_id uuid, user_id varchar,
  response_text text, insights text[], mood text, tags text[], confidence_rating int,
  sentiment_score numeric(3,2), response_embedding vector(8), metadata jsonb,
  created_at timestamptz);
CREATE TABLE coaching.playbook_entries (id uuid PRIMARY KEY, user_id varchar, title varchar,
  content text, category varchar, mood text, tags text[], is_highlight boolean,
  content_embedding vector(8), created_at timestamptz);
CREATE TABLE coaching.embeddings_cache (id uuid PRIMARY KEY, content_hash varchar UNIQUE,
  content_type varchar, embedding vector(8), model_version varchar);
INSERT INTO coaching.exercises VALUES ('00000000-0000-0000-0000-000000000001', 'Brave step',
  'One step a day', 'courage', 'What did you dare today?', 'text', true, NULL);
INSERT INTO coaching.exercise_responses (id, exercise_id, user_id, response_text, mood, tags,
  confidence_rating, created_at, response_embedding)
  SELECT md5(n::text)::uuid, '00000000-0000-0000-0000-000000000001', 'u' || n % 4,
  'I spoke up in meeting ' || n, CASE n % 2 WHEN 0 THEN 'calm' ELSE 'tense' END, ARRAY['work'],
  n % 10 + 1, now() - n * interval '1 hour', ARRAY[1, n, n*n % 7, 2, 3, 4, 5, 6]::vector
  FROM generate_series(1, 30) n;
"""
PINECONE = """
CREATE SCHEMA hybrid;
CREATE TABLE hybrid.exercise_responses (id uuid PRIMARY KEY, exercise_id uuid, user_id varchar,
  response_text text, mood text, tags text[], confidence_rating int, pinecone_id varchar,
  created_at timestamptz);
CREATE TABLE hybrid.playbook_entries (id uuid PRIMARY KEY, user_id varchar, title varchar,
  content text, category varchar, mood text, tags text[], is_highlight boolean,
  pinecone_id varchar, created_at timestamptz);
CREATE TABLE hybrid.avatar_interactions (id uuid PRIMARY KEY, user_id varchar, session_id uuid,
  user_message text, avatar_response text, context_used jsonb, pinecone_query_ids text[],
  interaction_type varchar, sentiment_score numeric, created_at timestamptz);
"""
COMMUNITY = """
CREATE SCHEMA hub;
CREATE TYPE hub.visibility AS ENUM ('private', 'public');
CREATE TYPE hub.content_type AS ENUM ('blog', 'youtube');
CREATE TABLE hub.users (id uuid PRIMARY KEY, cognito_sub varchar, email varchar, username varchar);
CREATE TABLE hub.content (id uuid PRIMARY KEY, user_id uuid, title text, description text,
  content_type hub.content_type, visibility hub.visibility, publish_date timestamptz,
  capture_date timestamptz, metrics jsonb, tags text[], embedding vector(8), is_claimed boolean,
  deleted_at timestamptz);
CREATE SCHEMA open_hub;
CREATE TABLE open_hub.content (id uuid PRIMARY KEY, user_id uuid, title text, description text,
  content_type text, publish_date timestamptz, tags text[], deleted_at timestamptz);
"""
TWIN = """
CREATE SCHEMA upstash;
CREATE TABLE upstash.vectors (id text PRIMARY KEY, embedding jsonb, content text, metadata jsonb,
  created_at timestamptz, updated_at timestamptz);
CREATE TABLE upstash.messages (id serial PRIMARY KEY, conversation_id int, role text, content text,
  created_at timestamptz);
INSERT INTO upstash.vectors
  VALUES ('doc-chunk-1', '[0.1, 0.2]', 'Something about me', '{}', now(), now());
CREATE SCHEMA documented;
CREATE TABLE documented.vectors (id text PRIMARY KEY, embedding vector(8), content text,
  metadata jsonb, created_at timestamptz, updated_at timestamptz);
"""
NEXUS = """
CREATE SCHEMA dev;
CREATE TABLE dev.repositories (id serial PRIMARY KEY, name text UNIQUE, problem_domain text);
CREATE TABLE dev.patterns (id serial PRIMARY KEY, repo_id int REFERENCES dev.repositories,
  name text, description text, context text, embedding vector(8), created_at timestamptz,
  UNIQUE (repo_id, name));
CREATE TABLE dev.technical_decisions (id serial PRIMARY KEY, repo_id int, what text, why text,
  alternatives text);
CREATE TABLE dev.lessons_learned (id serial PRIMARY KEY, repo_id int, title text, description text,
  category text, impact text, date date);
CREATE TABLE dev.reusable_components (id serial PRIMARY KEY, repo_id int, name text, purpose text,
  location text);
CREATE TABLE dev.runtime_issues (repo_id int, issue_id text PRIMARY KEY, detected_at timestamptz,
  issue_type text, severity text, service_type text, log_snippet text, root_cause text,
  suggested_fix text, status text, metrics jsonb);
INSERT INTO dev.repositories (name) VALUES ('alpha'), ('beta');
INSERT INTO dev.patterns (repo_id, name, description) VALUES (1, 'retry', 'Try again with a pause');
"""
FIVE = PLAYBOOK + PINECONE + COMMUNITY + TWIN + NEXUS

LANGCHAIN = """
CREATE SCHEMA lc;
CREATE TABLE lc.langchain_pg_collection (uuid uuid PRIMARY KEY, name varchar NOT NULL UNIQUE,
  cmetadata json);
CREATE TABLE lc.langchain_pg_embedding (id varchar PRIMARY KEY,
  collection_id uuid REFERENCES lc.langchain_pg_collection ON DELETE CASCADE, embedding vector,
  document varchar, cmetadata jsonb);
INSERT INTO lc.langchain_pg_collection VALUES ('11111111-1111-1111-1111-111111111111', 'manuals');
INSERT INTO lc.langchain_pg_embedding SELECT 'd' || n, '11111111-1111-1111-1111-111111111111',
  ARRAY[n, 1, 2]::vector, 'Page ' || n || ' of the manual', '{}' FROM generate_series(1, 20) n;
"""
LANGCHAIN_OLD = """
CREATE SCHEMA lc_old;
CREATE TABLE lc_old.langchain_pg_collection (name varchar, cmetadata json, uuid uuid PRIMARY KEY);
CREATE TABLE lc_old.langchain_pg_embedding (collection_id uuid, embedding vector(8),
  document varchar, cmetadata json, custom_id varchar, uuid uuid PRIMARY KEY);
"""
LANGCHAIN_STORE = """
CREATE TABLE public.vectorstore (langchain_id uuid PRIMARY KEY, content text NOT NULL,
  embedding vector(8) NOT NULL, source text, langchain_metadata json);
INSERT INTO public.vectorstore SELECT gen_random_uuid(), 'Some text ' || n,
  ARRAY[n,1,1,1,1,1,1,1]::vector, 's' || n % 3, '{}' FROM generate_series(1, 30) n;
"""
LLAMAINDEX = """
CREATE TABLE public.data_essay (id bigserial PRIMARY KEY, text varchar NOT NULL, metadata_ json,
  node_id varchar, embedding vector(8));
CREATE TABLE public.data_hybrid (id bigserial PRIMARY KEY, text varchar NOT NULL, metadata_ jsonb,
  node_id varchar, embedding halfvec(8),
  text_search_tsv tsvector GENERATED ALWAYS AS (to_tsvector('english', text)) STORED);
"""
SUPABASE = """
CREATE TABLE public.documents (id bigserial PRIMARY KEY, content text, metadata jsonb,
  embedding vector(8));
"""
LEFT_OUT = """
CREATE TABLE public.mixed (id bigserial PRIMARY KEY, content text, metadata jsonb,
  embedding vector);
INSERT INTO public.mixed (content, embedding) VALUES ('one', '[1,2]'), ('two', '[1,2,3]');
CREATE TABLE public.unfilled (id bigserial PRIMARY KEY, content text, metadata jsonb,
  embedding vector);
CREATE TABLE public.keyless (id bigint, content text, metadata jsonb, embedding vector(8));
INSERT INTO public.keyless (id, content) VALUES (1, 'one'), (1, 'two');
CREATE SCHEMA vecs;
CREATE TABLE vecs.docs (id varchar PRIMARY KEY, vec vector(8), metadata jsonb);
CREATE TABLE public.thoughts (id bigserial PRIMARY KEY, thought text, feeling vector(8));
CREATE TABLE public.messages (id int PRIMARY KEY, topic int, content text);
"""
GUIDES = LANGCHAIN + LANGCHAIN_OLD + LANGCHAIN_STORE + LLAMAINDEX + SUPABASE + LEFT_OUT
