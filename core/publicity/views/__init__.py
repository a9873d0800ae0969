"""The pages of publicity: for everybody, and for those who work on it."""

from core.publicity.views.office import ObjectionDownload, PublicityList, PublicityPage, StopPublicity, WhoObjected
from core.publicity.views.public import Objecting, PublicNotice, PublicNotices, Receipt

PAGES = (
    PublicNotices,
    PublicNotice,
    Objecting,
    Receipt,
    PublicityList,
    PublicityPage,
    StopPublicity,
    WhoObjected,
    ObjectionDownload,
)
