import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const GLOBALS = [
  ...['Buffer', 'URL', 'clearInterval', 'clearTimeout', 'console', 'crypto', 'performance', 'process', 'setInterval'],
  'setTimeout',
]

export default defineConfig(
  globalIgnores(['dist/', 'coverage/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // Write these words in full.
      'id-denylist': ['error', 'cb', 'err', 'opts'],
      'prefer-arrow-callback': 'error',
      eqeqeq: 'error',

      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',

      // `() => done()` is fine, and so is a loop that ends with `return`.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An index that has been checked, a value that a comment accounts for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // The classes of readable-stream stand for those of node:stream.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // An async function or generator may have nothing to await and still owe its caller a promise.
      '@typescript-eslint/require-await': 'off',
    },
  },

  {
    // Programs of users.
    files: ['examples/*.mjs'],
    languageOptions: { globals: Object.fromEntries(GLOBALS.map((name) => [name, 'readonly'])) },
  },

  {
    files: ['lib/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export it by name.' }],
    },
  },

  {
    // Only the entry files, directly in lib/, re-export; so does the namespace of all presets.
    files: ['lib/*/**/*.ts'],
    ignores: ['lib/frame/protocols.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export it by name.' },
        {
          selector: 'ExportAllDeclaration, ExportNamedDeclaration[source]',
          message: 'Import from the file that defines the thing.',
        },
      ],
    },
  },

  {
    // The ground floor runs in a browser.
    files: ['lib/{errors,arguments,frame,web}.ts', 'lib/{frame,async,web}/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'Buffer', 'clearImmediate', 'global', 'process', 'setImmediate'],
    },
  },

  {
    // What is said and read goes through the terminal that each command is handed, so that all of it runs in a spec.
    files: ['lib/cli/**/*.ts'],
    ignores: ['lib/cli/terminal.ts', 'lib/cli/lengthwise.ts'],
    rules: {
      'no-restricted-globals': ['error', 'console', 'process'],
    },
  },

  {
    files: ['spec/**/*.ts'],
    rules: {
      // `expect(messages).to.be.empty`
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },

  // The harness of the benchmarks knows nothing of what is measured, and its folders build upon one another.
  ...['process', 'table', 'measure'].map((folder, i, folders) => ({
    files: [`benchmarks/harness/${folder}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['\\.\\./[^.]', ...folders.slice(i + 1)].map((above) => ({ regex: `^\\.\\./${above}` })) },
      ],
    },
  })),
)
