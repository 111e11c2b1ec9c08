/** All cases, in the order in which they are run and shown. */
import arrayRecipe from './array-recipe.mjs'
import bounded from './bounded.mjs'
import entities from './entities.mjs'
import keyed from './keyed.mjs'
import machine from './machine.mjs'
import scalars from './scalars.mjs'
import versionMemory from './version-memory.mjs'
import watched from './watched.mjs'

export const CASES = [scalars, entities, arrayRecipe, watched, keyed, versionMemory, machine, bounded].flat()
