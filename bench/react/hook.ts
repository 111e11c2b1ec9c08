/** Counts the commits of React, which looks for this when it is loaded: so this is imported first. */
export const commits = { count: 0 }

Object.assign(globalThis, {
  __REACT_DEVTOOLS_GLOBAL_HOOK__: {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: () => {
      commits.count += 1
    },
    onCommitFiberUnmount: () => {},
  },
})
