import tseslint from 'typescript-eslint'

// A variable of a module lives as long as the process and cannot be constructed anew by a test: forbidden (DESIGN: composition roots).
const noModuleState = {
  selector: 'Program > VariableDeclaration[kind="let"], Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]',
  message: 'No mutable state in a module: construct it in main.ts and hand it in.',
}

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.tap', 'api/types/**', '*.config.js', '.dependency-cruiser.cjs', 'dashboard/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    // One program for all files, made once; the project service is for editors, where files change.
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-syntax': ['error', noModuleState, { selector: 'ExportDefaultDeclaration', message: 'No default exports.' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowNullish: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      // A third of all rules' time for these two, with nothing to find: there are no enums (`erasableSyntaxOnly`), and types here are shapes.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  // Types describe valid objects; defaults and validation see the others too, in which what is required may be missing.
  { files: ['api/kinds/**', 'api/validation/**', 'test/**'], rules: { '@typescript-eslint/no-unnecessary-condition': 'off' } },
  {
    files: ['test/**', 'scripts/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
    },
  },
  { files: ['cli/commands/**'], rules: { 'no-restricted-syntax': ['error', noModuleState] } },
)
