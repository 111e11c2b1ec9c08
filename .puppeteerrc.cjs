// memlab brings puppeteer; its browser is the system's Chromium, so nothing is downloaded on install.
module.exports = { skipDownload: true }
