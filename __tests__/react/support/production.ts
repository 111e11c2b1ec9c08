/** Imported before anything of React: React looks when it is loaded. */
process.env.NODE_ENV = 'production'
