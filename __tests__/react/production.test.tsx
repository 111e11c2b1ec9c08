/** @jest-environment jsdom */
import './support/production.ts'

import { describe, expect, test } from '@jest/globals'
import * as React from 'react'
import { describeHooks } from './support/hooks.laws.tsx'
import { describeUseStore } from './support/use-store.laws.tsx'

describe('the production build of React', () => {
  test('is what these tests run in', () => {
    expect(React.act).toBeUndefined()
  })

  describeUseStore()
  describeHooks()
})
