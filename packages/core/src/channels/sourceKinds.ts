/**
 * Sites that send visitors, by what they are: those that the default channel groups of Google Analytics speak of
 * (https://support.google.com/analytics/answer/9756891). Google's own list has some 800 entries;
 * these are the sites with the most visitors of each kind, by their domains, and their names as campaigns give them
 * (`utm_source=fb`).
 *
 * `google` is this name alone, `google.*` a host of that name under any top-level domain (`google.de`, `google.co.uk`,
 * with or without `www.` or `m.`), `.facebook.com` a domain with everything below it, and `.pinterest.*` both.
 */
export const sourceKinds = {
  search: `google google.* cse.google.com bing bing.* cn.bing.com yahoo yahoo.* .search.yahoo.* duckduckgo .duckduckgo.com
    yandex yandex.* ya.ru baidu baidu.com m.baidu.com ecosia .ecosia.org qwant .qwant.com startpage .startpage.com brave
    search.brave.com kagi .kagi.com naver naver.com .search.naver.com daum .daum.net sogou .sogou.com 360.cn .so.com
    seznam seznam.cz search.seznam.cz ask ask.com aol aol.* .search.aol.com mojeek .mojeek.com swisscows .swisscows.com
    metager metager.* presearch .presearch.com dogpile .dogpile.com lycos lycos.* search.lycos.com go.mail.ru rambler
    rambler.ru coccoc.com .goo.ne.jp biglobe .biglobe.ne.jp centrum.cz onet.pl virgilio.it`,
  social: `facebook .facebook.com fb fb.me fb.com .messenger.com instagram .instagram.com ig .threads.net .threads.com
    twitter .twitter.com x.com t.co linkedin .linkedin.com lnkd.in pinterest .pinterest.* pin.it reddit .reddit.com redd.it
    tumblr .tumblr.com snapchat .snapchat.com whatsapp .whatsapp.com wa.me telegram .telegram.org .telegram.me t.me
    vk .vk.com .vk.ru ok.ru .odnoklassniki.ru weibo .weibo.com .weibo.cn wechat .weixin.qq.com .douban.com .zhihu.com line
    .line.me kakao .kakao.com .kakaocorp.com .zalo.me .mastodon.social bluesky .bsky.app .bsky.social quora .quora.com
    .stackexchange.com .stackoverflow.com .askubuntu.com .news.ycombinator.com .medium.com .blogger.com .blogspot.*
    .livejournal.com .wordpress.com .substack.com .hatena.ne.jp .ameblo.jp .note.com .blog.naver.com .cafe.naver.com
    .kin.naver.com groups.google.com plus.google.com .flickr.com .deviantart.com .artstation.com .goodreads.com .meetup.com
    .nextdoor.com .xing.com .yelp.* .tripadvisor.* .foursquare.com .glassdoor.* .disqus.com .flipboard.com .getpocket.com
    .discord.com .discord.gg .slack.com .taringa.net .draugiem.lv .meneame.net .gutefrage.net .fandom.com`,
  video: `youtube .youtube.com youtu.be vimeo .vimeo.com tiktok .tiktok.com twitch .twitch.tv dailymotion .dailymotion.com
    dai.ly netflix .netflix.com hulu .hulu.com disneyplus .disneyplus.com .primevideo.com .bilibili.com .iqiyi.com .iq.com
    .youku.com .v.qq.com .nicovideo.jp .rumble.com .rutube.ru .wistia.com .wistia.net .ted.com .crackle.com
    .curiositystream.com .crunchyroll.com .bitchute.com .odysee.com`,
  shopping: `amazon .amazon.* ebay .ebay.* etsy .etsy.com walmart .walmart.com alibaba .alibaba.com aliexpress .aliexpress.*
    .taobao.com .tmall.com .jd.com .shopping.naver.com .coupang.com .rakuten.* .mercadolibre.* .mercadolivre.com.br shopify
    .shopify.com .shop.app igshopping shopping.google.com .shopzilla.com .idealo.* .pricerunner.* .kelkoo.* .bol.com
    .allegro.pl .zalando.* .otto.de .flipkart.com .lazada.* .shopee.* .temu.com .shein.* .target.com .bestbuy.com`
} as const

export type SourceKind = keyof typeof sourceKinds

const entries: ReadonlyMap<string, SourceKind> = new Map(
  Object.entries(sourceKinds).flatMap(([kind, list]) => list.split(/\s+/).map((entry) => [entry, kind as SourceKind]))
)

/** `.uk`, `.co.uk`, `.com.au`: a top-level domain, and before one of a country a short word. */
const topLevel = /\.(?:[a-z]{2,3}\.[a-z]{2}|[a-z]{2,})$/

/**
 * What kind of site a source is: a host, or a name that a campaign gives it, in upper or lower case. Undefined if it is
 * in none of the lists. Of a host the longest part that is known decides.
 */
export const sourceKind = (source: string): SourceKind | undefined => {
  const host = source.trim().toLowerCase()
  const named = entries.get(host)
  if (named !== undefined) return named
  const alone = host.replace(/^(?:www|m)\./, "")
  const found = entries.get(alone) ?? entries.get(alone.replace(topLevel, ".*"))
  if (found !== undefined) return found
  for (let at = 0; at >= 0; at = host.indexOf(".", at + 1)) {
    const below = at === 0 ? `.${host}` : host.slice(at)
    const kind = entries.get(below) ?? entries.get(below.replace(topLevel, ".*"))
    if (kind !== undefined) return kind
  }
  return undefined
}
