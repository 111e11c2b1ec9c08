/** Style sheets that a bundler takes as modules. */
declare module '*.css'
