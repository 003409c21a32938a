/**
 * Keeps the resolvers within APPSYNC_JS, which is less than JavaScript.
 *
 * What it has: https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html. AWS's plugin knows most of
 * what it has not; the rules beside it are for the rest.
 */
import appsync from '@aws-appsync/eslint-plugin';

const GLOBALS = [
  'Array', 'Boolean', 'Date', 'Infinity', 'JSON', 'Math', 'NaN', 'Number', 'Object', 'String', 'console',
  'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'isFinite', 'isNaN', 'parseFloat', 'parseInt',
  'undefined',
];

// The plugin looks for these on instances, where they are not.
const STATIC_METHODS = {
  Array: ['from', 'fromAsync', 'of'],
  Math: ['random'],
  Object: ['fromEntries', 'groupBy'],
  String: ['fromCharCode', 'fromCodePoint', 'raw'],
};

const SYNTAX = {
  "ExportAllDeclaration, ExportNamedDeclaration[source], ImportDeclaration[source.value!='@aws-appsync/utils'], ImportExpression":
    'A resolver is one file: nothing but @aws-appsync/utils can be imported.',
  'Literal[bigint]': 'There are no big integers.',
  "NewExpression[callee.name!='Date']": 'Nothing but a Date can be constructed.',
  TaggedTemplateExpression: 'Tags are not among the template literals that are supported.',
  ThrowStatement: 'Call util.error.',
};

export default [
  { ignores: ['.venv/', '.devstack/', 'devstack/', 'portal/vendor/', 'tests/'] },
  {
    ...appsync.configs.recommended,
    files: ['appsync/**/*.js'],
    languageOptions: {
      ...appsync.configs.recommended.languageOptions,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
      globals: { console: 'readonly' },
    },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    rules: {
      ...appsync.configs.recommended.rules,
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
  // Those that Node has; of any other, no-undef knows nothing.
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
