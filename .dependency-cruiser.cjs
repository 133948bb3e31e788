/** One direction of dependencies: what a folder may import, top to bottom. */
const layer = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|local|examples|test)/', pathNot: allowed },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unlisted',
      comment: 'what is imported is in package.json',
      severity: 'error',
      from: { path: '^(src|local/src)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    {
      name: 'transport-only-in-http',
      comment: 'src/http is the one folder that knows undici',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/http/' },
      to: { path: 'node_modules/undici/' },
    },
    {
      name: 'event-streams-are-parsed-in-two-places',
      comment: 'those of the API, and those of toSse',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(http|bridges/sse)/' },
      to: { path: 'node_modules/eventsource-parser/' },
    },
    {
      name: 'operators-run-anywhere',
      comment: 'what browsers import leads to nothing of Node',
      severity: 'error',
      from: { path: '^src/operators\\.ts$' },
      to: {
        path: '^src/(http|sources|folders|workflows)/|node_modules/undici/|^(node:)?(fs|http|net|crypto|async_hooks|stream|path|os|buffer)$',
        reachable: true,
      },
    },
    {
      name: 'optional-peers-in-their-subpaths',
      comment: 'who does not use a subpath need not install what it stands on',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(parquet/|folders/watchFolder\\.ts$)' },
      to: { path: 'node_modules/(chokidar|hyparquet)/|^src/(parquet/|folders/watchFolder\\.ts$)' },
    },
    layer(
      'context-imports-nothing',
      '^src/context/',
      '^src/context/',
      'contexts know only runtimes',
    ),
    layer(
      'checks-import-nothing',
      '^src/checks/',
      '^src/checks/',
      'checks know no part of the API',
    ),
    layer('types-import-types', '^src/types/', '^src/types/', 'wire shapes stand alone'),
    layer(
      'errors-import-types',
      '^src/errors\\.ts$',
      '^src/(checks|types)/',
      'errors know wire shapes and checks only',
    ),
    layer(
      'operators-import-errors-and-types',
      '^src/operators/',
      '^src/(checks|operators|types)/|^src/context/contextSnapshot\\.ts$|^src/errors\\.ts$',
      'operators know rxjs, types and errors',
    ),
    layer(
      'folders-import-errors',
      '^src/folders/',
      '^src/(checks|folders)/|^src/errors\\.ts$',
      'walks over this machine know errors only',
    ),
    layer(
      'http-imports-errors-and-types',
      '^src/http/',
      '^src/(checks|http|context|types)/|^src/errors\\.ts$',
      'http knows no source',
    ),
    {
      name: 'sources-do-not-import-sources',
      severity: 'error',
      from: { path: '^src/sources/([^/]+)\\.ts$' },
      to: { path: '^src/sources/', pathNot: '^src/sources/$1\\.ts$' },
    },
    layer(
      'sources-import-http-errors-types',
      '^src/sources/',
      '^src/(checks|http|types|sources)/|^src/errors\\.ts$',
      'sources are built from http',
    ),
    layer(
      'bridges-import-operators',
      '^src/bridges/',
      '^src/(checks|bridges|operators|types)/|^src/context/(contextSnapshot|inSubscriberContext)\\.ts$|^src/http/(patience|watchTiming)\\.ts$|^src/errors\\.ts$',
      'bridges know streams and the patience of watchers, and no source',
    ),
    layer(
      'parquet-imports-sources',
      '^src/parquet/',
      '^src/(checks|parquet|sources|http|types)/|^src/errors\\.ts$',
      'reads what a source links to',
    ),
    layer(
      'workflows-import-sources-and-operators',
      '^src/workflows/',
      '^src/(checks|workflows|sources|operators|folders|http|types)/|^src/context/(contextSnapshot|inSubscriberContext)\\.ts$|^src/errors\\.ts$',
      'workflows compose sources with operators',
    ),
    layer('toolkit-stands-alone', '^src/', '^src/', 'the toolkit never imports the embedded cloud'),
    {
      name: 'local-imports-only-wire-types',
      comment: 'the embedded cloud shares wire shapes with the toolkit, and no code',
      severity: 'error',
      from: { path: '^local/src/' },
      to: { path: '^src/', pathNot: '^src/types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@rx-llamacloud/source', 'import', 'node', 'default', 'types'],
    },
  },
};
