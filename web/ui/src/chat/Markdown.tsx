// Markdown as elements: each kind of token that is known here becomes its element, any other its own text.
// No HTML is ever parsed, so that no text of a task or of a model can become markup, a script or a request.
import { Lexer, type Token, type Tokens } from "marked"
import type { ComponentChild } from "preact"

type Draw = (token: never) => ComponentChild

/** Deeper than that, text is shown as it is: quotes in quotes in quotes are nothing to read. */
const MOST_LEVELS = 30

export function Markdown({ text, list }: { text: string; list?: (items: Tokens.List) => ComponentChild }) {
  const tokens = tokensOf(text)
  return (
    <div class="markdown">
      {tokens.map((it) =>
        list && it.type === "list" && (it as Tokens.List).ordered ? list(it as Tokens.List) : one(it),
      )}
    </div>
  )
}

const drawings: Record<string, Draw> = {
  space: () => null,
  def: () => null,
  paragraph: (it: Tokens.Paragraph) => <p>{all(it.tokens)}</p>,
  heading: (it: Tokens.Heading) => <p class="markdown-heading">{all(it.tokens)}</p>,
  text: (it: Tokens.Text) => (it.tokens ? all(it.tokens) : it.text),
  escape: (it: Tokens.Escape) => it.text,
  strong: (it: Tokens.Strong) => <strong>{all(it.tokens)}</strong>,
  em: (it: Tokens.Em) => <em>{all(it.tokens)}</em>,
  del: (it: Tokens.Del) => <del>{all(it.tokens)}</del>,
  br: () => <br />,
  hr: () => <hr />,
  codespan: (it: Tokens.Codespan) => <code>{it.text}</code>,
  code: (it: Tokens.Code) => <pre>{it.text}</pre>,
  blockquote: (it: Tokens.Blockquote) => <blockquote>{all(it.tokens)}</blockquote>,
  list: (it: Tokens.List) =>
    it.ordered ? <ol start={Number(it.start) || 1}>{it.items.map(line)}</ol> : <ul>{it.items.map(line)}</ul>,
  link: (it: Tokens.Link) => <Link href={it.href}>{all(it.tokens)}</Link>,
  image: (it: Tokens.Image) => <Link href={it.href}>{it.text || it.href}</Link>,
  table: (it: Tokens.Table) => (
    <table>
      <thead>
        <tr>
          {it.header.map((cell) => (
            <th>{all(cell.tokens)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {it.rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td>{all(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  ),
}

function tokensOf(text: string): Token[] {
  const plain: Tokens.Text[] = [{ type: "text", raw: text, text }]
  try {
    const tokens = Lexer.lex(text, { gfm: true, breaks: true })
    return reaches(tokens, MOST_LEVELS) ? plain : tokens
  } catch (error) {
    if (error instanceof RangeError) return plain // so deep that the stack ends
    throw error
  }
}

function reaches(tokens: readonly Token[], levels: number): boolean {
  if (levels === 0) return tokens.length > 0
  return tokens.some((it) => {
    const { tokens: inner, items } = it as { tokens?: Token[]; items?: Token[] }
    return reaches(inner ?? items ?? [], levels - 1)
  })
}

export function all(tokens: Token[] | undefined): ComponentChild {
  return tokens?.map(one)
}

function one(token: Token): ComponentChild {
  const draw = Object.hasOwn(drawings, token.type) ? drawings[token.type] : undefined
  return draw ? draw(token as never) : token.raw
}

function line(item: Tokens.ListItem): ComponentChild {
  return <li>{all(item.tokens)}</li>
}

/** Draws a link to the web, by mail or within the page; an address of any other kind is only text. */
function Link({ href, children }: { href: string; children: ComponentChild }) {
  if (href.startsWith("#/")) return <a href={href}>{children}</a>
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return <>{children}</>
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}
