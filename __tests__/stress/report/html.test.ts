import { describe, expect, test } from '@jest/globals'
import { html, jsonScript, programScript, trusted } from '../../../src/stress/report/html.ts'

describe('html', () => {
  test('escapes every text', () => {
    expect(html`<p title="${'"\'&'}">${'<b>'}</p>`.text).toBe('<p title="&quot;&#39;&amp;">&lt;b&gt;</p>')
  })

  test('takes HTML, lists, numbers and nothing as they are', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`)
    expect(html`<ul>${items}</ul>${7}${undefined}${false}${trusted('<hr>')}`.text).toBe(
      '<ul><li>a</li><li>&lt;</li></ul>7<hr>',
    )
  })
})

describe('jsonScript', () => {
  test('holds no text that could end the script, and reads back as what it was', () => {
    const data = { text: '</script><!--<script>' }
    const { text } = jsonScript('data', data)
    const inside = text.replace(/^<script[^>]*>/, '').replace(/<\/script>$/, '')
    expect(inside).not.toContain('<')
    expect(JSON.parse(inside)).toEqual(data)
  })
})

describe('programScript', () => {
  test('does not end early', () => {
    const program = 'const a = "</script>", b = "</SCRIPT>", c = "<!--"'
    const inside = programScript(program).text.slice('<script>'.length, -'</script>'.length)
    expect(inside).not.toMatch(/<\/script|<!--/i)
    expect(new Function(`${inside}; return [a, b, c]`)()).toEqual(['</script>', '</SCRIPT>', '<!--'])
  })
})
