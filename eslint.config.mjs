/**
 * The rules for all JavaScript. Resolvers must also keep to APPSYNC_JS, which is less than JavaScript.
 *
 * APPSYNC_JS: https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html. AWS's plugin knows most of
 * what is missing there. The rules beside it are for the rest.
 */
import appsync from '@aws-appsync/eslint-plugin';
import js from '@eslint/js';
import globals from 'globals';

const GLOBALS = [
  'Array', 'Boolean', 'Date', 'Infinity', 'JSON', 'Math', 'NaN', 'Number', 'Object', 'String', 'console',
  'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'isFinite', 'isNaN', 'parseFloat', 'parseInt',
  'undefined',
];

// The plugin forbids these on instances only, but they are static methods.
const STATIC_METHODS = {
  Array: ['from', 'fromAsync', 'of'],
  Math: ['random'],
  Object: ['fromEntries', 'groupBy'],
  String: ['fromCharCode', 'fromCodePoint', 'raw'],
};

const SYNTAX = {
  "ExportAllDeclaration, ExportNamedDeclaration[source], ImportDeclaration[source.value!='@aws-appsync/utils'], ImportExpression":
    'A resolver is one file. It can import @aws-appsync/utils only.',
  'Literal[bigint]': 'Big integers are not supported.',
  "NewExpression[callee.name!='Date']": 'Only a Date can be constructed.',
  TaggedTemplateExpression: 'Tagged template literals are not supported.',
  ThrowStatement: 'Call util.error instead.',
};

/** @type {any} The plugin's types do not name its configurations. */
const recommended = appsync.configs?.recommended;

const RULES = {
  ...js.configs.recommended.rules,
  'array-callback-return': 'error',
  'default-case-last': 'error',
  eqeqeq: 'error',
  'no-implicit-globals': 'error',
  'no-shadow': ['error', { builtinGlobals: false }],
  'no-throw-literal': 'error',
  'no-undef': 'error',
  'no-unused-vars': 'error',
  'no-use-before-define': ['error', { classes: false, functions: false, variables: false }],
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
};

export default [
  { ignores: ['.*/', 'node_modules/', 'portal/vendor/', '**/*.d.ts'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['portal/**/*.js', 'devstack/appsync/pages/*.js', 'devstack/site/static/*.js'],
    languageOptions: { globals: globals.browser },
    rules: RULES,
  },
  {
    // Old browsers run it too.
    files: ['portal/js/support.js'],
    languageOptions: { ecmaVersion: 5, sourceType: 'script', globals: { ...globals.browser, ...globals.es2015, Intl: 'readonly' } },
    rules: { 'no-var': 'off', 'prefer-const': 'off', 'object-shorthand': 'off', 'no-unused-vars': ['error', { caughtErrors: 'none' }] },
  },
  {
    files: ['docs/recipes/*.js'],
    languageOptions: { globals: { fetchV2: 'readonly', getCredential: 'readonly' } },
    rules: RULES,
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node }, rules: RULES },
  {
    files: ['devstack/appsync/prelude.js'],
    languageOptions: { globals: globals.es2023, sourceType: 'script' },
    rules: RULES,
  },
  {
    ...recommended,
    files: ['appsync/**/*.js'],
    languageOptions: {
      ...recommended.languageOptions,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
      globals: { console: 'readonly' },
    },
    rules: {
      ...recommended.rules,
      eqeqeq: 'error',
      'no-undef': 'error',
      'no-unused-vars': 'error',
      'prefer-const': 'error',
      'no-restricted-globals': ['error', ...restrictedGlobals()],
      'no-restricted-properties': ['error', ...restrictedProperties()],
      'no-restricted-syntax': ['error', ...restrictedSyntax()],
    },
  },
];

function restrictedGlobals() {
  // The globals of Node. The rule no-undef refuses all others.
  return Object.getOwnPropertyNames(globalThis).filter((name) => !GLOBALS.includes(name));
}

function restrictedProperties() {
  const methods = Object.entries(STATIC_METHODS);
  return [
    ...methods.flatMap(([object, names]) => names.map((property) => ({ object, property }))),
    ...['apply', 'bind', 'call'].map((property) => ({ property })),
  ];
}

function restrictedSyntax() {
  return Object.entries(SYNTAX).map(([selector, message]) => ({ selector, message }));
}
